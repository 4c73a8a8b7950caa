package paynotify.bill;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.ArgumentMatchers.any;
import static org.mockito.Mockito.mock;
import static org.mockito.Mockito.never;
import static org.mockito.Mockito.times;
import static org.mockito.Mockito.verify;
import static org.mockito.Mockito.when;

import java.net.URI;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.kit.Vectors;
import paynotify.kit.Wait;
import paynotify.sender.Accounts;
import paynotify.sender.Bill;
import paynotify.sender.Sender;
import paynotify.store.Bills;
import paynotify.store.Store;
import paynotify.store.Unavailable;

class BillWorkTest {
    private static final BillSettings SETTINGS = new BillSettings(LocalTime.of(10, 15), 90);
    private static final Instant NOW = Instant.parse("2026-11-28T12:00:00Z");

    @TempDir
    Path folder;

    private final Bills bills = mock(Bills.class);
    private final Store store = mock(Store.class);

    private BillWork work(Map<String, Sender> accounts) {
        when(store.bills()).thenReturn(bills);
        return new BillWork(SETTINGS, List.of(URI.create("https://one")), null, accounts, store, Clock.systemUTC());
    }

    @Test
    void settle_onlyWhileTheTablesAreReadyAndNobodyHasStoppedIt() throws Exception {
        try (BillWork work = work(Map.of())) {
            work.settle(SETTINGS, List.of("m"), NOW);
            when(bills.isReady()).thenReturn(true);
            when(bills.isStopped()).thenReturn(true);
            work.settle(SETTINGS, List.of("m"), NOW);
            verify(bills, never()).settle(any(), any());
            when(bills.isStopped()).thenReturn(false);
            when(bills.forget(any(), any(), any())).thenReturn(true, true, false);
            work.settle(SETTINGS, List.of("m"), NOW);
            verify(bills).settle(LocalDate.parse("2026-11-28"), Duration.ofDays(90));
            verify(bills, times(3)).forget(any(), any(), any());
        }
    }

    @Test
    void close_withAndWithoutAccountsThatHaveBills_leavesNoThread() {
        Sender without = mock(Sender.class);
        Sender with = Accounts.wechat(
                "mch-id = 1900000109",
                "app-id = wx8888888888888888",
                "api-key = " + Vectors.text("keys/v2_api_key.txt"),
                "inquiry = v2",
                "bill = on");
        BillWork work = work(Map.of("a", with, "b", without));
        Wait.until(Duration.ofSeconds(10), () -> threads() == 2, () -> "threads: " + threads());
        work.close();
        assertEquals(0, threads());
    }

    private static long threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("notify-bill-"))
                .filter(thread -> !thread.getName().contains("timer"))
                .count();
    }

    /** No room for the file, or a database that is away or refuses it: the day waits, its lease ends, or it is told. */
    @Test
    void tick_fetchThatFails_isToldOrLeftToItsLease() throws Exception {
        Bills.Claim claim = mock(Bills.Claim.class);
        when(bills.isReady()).thenReturn(true);
        when(bills.claim(any(), any(), any(), any())).thenReturn(claim, (Bills.Claim) null);
        Path nowhere = Path.of("target", "there-is-no-such-folder");
        Download download = mock(Download.class);
        new Fetch("a", "m", mock(Bill.class), download, bills, SETTINGS, nowhere, Clock.systemUTC(), System::nanoTime)
                .tick();
        verify(bills).end(any(), any());

        Unavailable away = mock(Unavailable.class);
        when(download.run(any(), any(), any())).thenThrow(away);
        when(bills.claim(any(), any(), any(), any())).thenReturn(claim, (Bills.Claim) null);
        Fetch fetch = new Fetch(
                "a", "m", mock(Bill.class), download, bills, SETTINGS, folder, Clock.systemUTC(), System::nanoTime);
        assertThrows(Unavailable.class, fetch::tick);
    }

    /** What is broken off because the application ends is no fault. */
    @Test
    void tick_databaseAway_isToldUnlessItIsStopped() throws Exception {
        Unavailable away = mock(Unavailable.class);
        when(bills.isReady()).thenReturn(true);
        when(bills.claim(any(), any(), any(), any())).thenThrow(away);
        Fetch fetch = new Fetch(
                "a",
                "m",
                mock(Bill.class),
                mock(Download.class),
                bills,
                SETTINGS,
                null,
                Clock.systemUTC(),
                System::nanoTime);
        assertThrows(Unavailable.class, fetch::tick);
        when(bills.isStopped()).thenReturn(true);
        fetch.tick();
    }
}
