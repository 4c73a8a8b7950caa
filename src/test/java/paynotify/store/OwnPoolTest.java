package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import org.junit.jupiter.api.Test;

/** Connections die together, and each is found out by another thread: their idle neighbours are closed once. */
class OwnPoolTest {
    private final HikariPoolMXBean idle = mock(HikariPoolMXBean.class);
    private final HikariDataSource pool = mock(HikariDataSource.class);

    @Test
    void distrustIdle_severalOfTheSameTime_closesTheIdleOnesOnce() {
        when(pool.getHikariPoolMXBean()).thenReturn(idle);
        OwnPool own = OwnPool.of(pool);
        long taken = System.nanoTime();
        own.distrustIdle(taken);
        own.distrustIdle(taken);
        own.distrustIdle(taken - 1_000_000_000L);
        verify(idle, times(1)).softEvictConnections();
        own.distrustIdle(System.nanoTime());
        verify(idle, times(2)).softEvictConnections();
    }

    @Test
    void distrustIdleAndClose_beforeItIsOpen_doNothing() {
        OwnPool own = new OwnPool();
        own.distrustIdle(System.nanoTime());
        own.close();
        // HikariCP has no such bean before its first connection.
        OwnPool.of(pool).distrustIdle(System.nanoTime());
        verify(idle, never()).softEvictConnections();
    }

    @Test
    void figures_areThoseOfThePool() {
        assertNull(new OwnPool().figures());
        assertNull(OwnPool.of(pool).figures());
        when(pool.getHikariPoolMXBean()).thenReturn(idle);
        when(idle.getTotalConnections()).thenReturn(7);
        assertEquals(7, OwnPool.of(pool).figures().total());
        OwnPool.of(pool).close();
        verify(pool).close();
    }
}
