package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.postgresql.ds.common.BaseDataSource;
import paynotify.config.Secret;

/** What the driver is told where {@code db.url} says nothing; what it says counts. */
class PlainDataSourceTest {
    private static BaseDataSource of(String parameters) {
        DatabaseSettings settings = new DatabaseSettings(
                null,
                new Secret("jdbc:postgresql://127.0.0.1:5432/shop" + parameters),
                "notify",
                new Secret("not asked for"),
                10,
                true);
        return (BaseDataSource) PlainDataSource.of(settings, 0, openedNanos -> {});
    }

    @Test
    void of_urlWithoutParameters_hasOurOwn() {
        BaseDataSource ours = of("");
        assertEquals(65_536, ours.getMaxSendBufferSize());
        assertEquals(2, ours.getConnectTimeout());
        assertEquals(2, ours.getSocketTimeout());
        assertEquals(1_000, ours.getSslResponseTimeout());
        assertEquals("notify", ours.getApplicationName());
    }

    @Test
    void of_urlWithParameters_hasThose() {
        BaseDataSource shops = of("?connectTimeout=3&socketTimeout=9&sslResponseTimeout=700&ApplicationName=shop"
                + "&maxSendBufferSize=16384");
        assertEquals(16_384, shops.getMaxSendBufferSize());
        assertEquals(3, shops.getConnectTimeout());
        assertEquals(9, shops.getSocketTimeout());
        assertEquals(700, shops.getSslResponseTimeout());
        assertEquals("shop", shops.getApplicationName());
    }
}
