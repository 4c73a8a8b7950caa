package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.sender.Callback;
import paynotify.sender.Finding;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Payments;
import paynotify.sender.Reading;

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

    /** The log's trigger (V17) counts the same rows; TablesIT shows that it does. */
    @ParameterizedTest
    @CsvSource({
        "APPLIED, t1, true",
        "REFUNDED, t1, true",
        "DUPLICATE, t1, false",
        "CONFLICT, t1, false",
        "APPLIED, , false",
        "REFUNDED, , false"
    })
    void isNoted_whatPaysAnOrderOrNoneAnyMore(Outcome outcome, String transactionId, boolean noted) {
        Finding payment = Payments.of("m", "o1", transactionId, 101, "CNY", Instant.EPOCH, "p");
        assertEquals(noted, row(payment, outcome).isNoted());
    }

    @Test
    void isNoted_whatIsNoPayment_isNot() {
        assertFalse(row(NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no"), Outcome.APPLIED)
                .isNoted());
    }

    private static PaymentLog.Row row(Finding finding, Outcome outcome) {
        Callback callback = new Callback("a", new byte[0], false, name -> null, null, Instant.EPOCH, 0, 0);
        return new PaymentLog.Row(
                new Reading(callback, "wechat-v2", null, finding), finding, new Decision(outcome, "why"));
    }
}
