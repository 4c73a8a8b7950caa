package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PaymentLogTest {
    @ParameterizedTest
    @CsvSource({
        "0.0.0.0, 0.0.0.0",
        "101.226.103.61, 101.226.103.61",
        "255.255.255.255, 255.255.255.255",
        "101.226.103.61:54321, 101.226.103.61",
        "2408:871a:2100:3:0:0:0:1, 2408:871a:2100:3:0:0:0:1",
        "[2408:871a:2100:3:0:0:0:1]:443, 2408:871a:2100:3:0:0:0:1",
        "[2408:871a:2100:3:0:0:0:1], 2408:871a:2100:3:0:0:0:1"
    })
    void address_ofACaller(String told, String address) {
        assertEquals(address, PaymentLog.address(told));
    }

    /** PostgreSQL's inet would refuse them, and with them the row. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "unknown",
                "1.2.3",
                "1.2.3.",
                ".1.2.3",
                "1..2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.99999999999",
                "01.2.3.4",
                "1.2.3.00",
                "1.2.3.4 ",
                "1.2.3.-4",
                "１.2.3.4",
                "1.2.3.256:80",
                "_secret"
            })
    void address_ofWhatIsNone_isNull(String told) {
        assertNull(PaymentLog.address(told));
    }
}
