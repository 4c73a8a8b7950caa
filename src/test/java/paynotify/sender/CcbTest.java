package paynotify.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static paynotify.sender.Accounts.assertNothing;
import static paynotify.sender.Accounts.callback;

import java.time.Instant;
import java.util.Locale;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.CcbCallback;
import paynotify.kit.Vectors;

class CcbTest {
    private final Sender ccb = Accounts.of(
            "ccb", "mch-id = 105", "pos-id = 000000000", "public-key = " + Vectors.text("keys/ccb_public.hex"));

    private static String vector(String folder) {
        return Vectors.text(folder + "/query.txt");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ccb-server", "ccb-page", "ccb-emptyaccdate", "ccb-usrmsg"})
    void read_vector_isItsPayment(String folder) {
        Payment payment = assertInstanceOf(Payment.class, ccb.find(callback(vector(folder))));
        assertEquals(new Trade("105", null, "20250601120000007", null, 115), payment.trade());
        assertEquals("CNY", payment.currency());
        assertEquals(Instant.parse("2025-06-01T04:00:00Z"), payment.paidAt());
        assertNull(payment.payer());
    }

    @Test
    void read_vectorThatFailed_isNotPaid() {
        assertNothing(Outcome.NOT_PAID, ccb.find(callback(vector("ccb-fail"))));
    }

    @Test
    void read_tampered_isBadSignature() {
        String genuine = vector("ccb-server");
        assertNothing(Outcome.BAD_SIGNATURE, ccb.find(callback(vector("ccb-tampered"))));
        assertNothing(Outcome.BAD_SIGNATURE, ccb.find(callback("")));
        assertNothing(Outcome.BAD_SIGNATURE, ccb.find(callback("SIGN=")));
        assertNothing(Outcome.BAD_SIGNATURE, ccb.find(callback(genuine.replace("SIGN=", "S%49GN="))));
        assertNothing(Outcome.BAD_SIGNATURE, ccb.find(callback(genuine.replace("SIGN=", "sign="))));
        assertNothing(Outcome.BAD_SIGNATURE, ccb.find(callback(genuine + "&X=1")));
        assertNothing(Outcome.BAD_SIGNATURE, ccb.find(callback(genuine + "0")));
        assertNothing(Outcome.BAD_SIGNATURE, ccb.find(callback(genuine.replace("&REMARK2=", ""))));
        assertNothing(Outcome.MALFORMED, ccb.find(callback(genuine + "&S%49GN=1")));
        assertNothing(Outcome.MALFORMED, ccb.find(callback("PAYMENT=0.01&" + genuine)));
    }

    /** Wherever it stands, and in either case: what is left is the text that was signed. */
    @Test
    void read_signElsewhere_isTakenOutOfTheText() {
        String genuine = vector("ccb-server");
        String sign = genuine.substring(genuine.indexOf("SIGN="));
        String rest = genuine.substring(0, genuine.indexOf("&SIGN="));
        assertInstanceOf(Payment.class, ccb.find(callback(sign + "&" + rest)));
        assertInstanceOf(Payment.class, ccb.find(callback(rest.replace("&CURCODE", "&" + sign + "&CURCODE"))));
        String upper = "SIGN=" + sign.substring(5).toUpperCase(Locale.ROOT);
        assertInstanceOf(Payment.class, ccb.find(callback(rest + "&" + upper)));
    }

    @ParameterizedTest
    @CsvSource({
        "ORDERID, , MALFORMED",
        "PAYMENT, , MALFORMED",
        "PAYMENT, 1.155, MALFORMED",
        "PAYMENT, %2B1.15, MALFORMED",
        "PAYMENT, 1e2, MALFORMED",
        "CURCODE, , MALFORMED",
        "SUCCESS, , MALFORMED",
        "ORDERID, A%00, MALFORMED",
        "POSID, 000000001, WRONG_MERCHANT",
        "POSID, , WRONG_MERCHANT",
        "SUCCESS, N, NOT_PAID",
        "SUCCESS, y, NOT_PAID",
    })
    void read_signedWithAnotherValue_isRefused(String name, String value, Outcome outcome) {
        CcbCallback callback = CcbCallback.payment("A-1", 115);
        callback.without(name);
        String query = (value == null ? callback : callback.written(name, value, name + "=" + value)).query();
        assertNothing(outcome, ccb.find(callback(query)));
    }

    @Test
    void read_remarkInGbk_isNoObstacle() {
        String query =
                CcbCallback.payment("A-1", 115).written("X", "", "X=%B5%A5").query();
        assertInstanceOf(Payment.class, ccb.find(callback(query)));
    }

    @Test
    void read_anotherCurrency_isNoOrdersCurrency() {
        String query = CcbCallback.payment("A-1", 115).with("CURCODE", "CNY").query();
        Payment payment = assertInstanceOf(Payment.class, ccb.find(callback(query)));
        assertEquals("CURCODE CNY", payment.currency());
    }

    @Test
    void reply_isAWord() {
        Callback any = callback("");
        assertEquals(new Reply(200, "text/plain;charset=UTF-8", "success"), ccb.reply(any, Outcome.APPLIED));
        assertEquals(new Reply(409, "text/plain;charset=UTF-8", "fail"), ccb.reply(any, Outcome.CONFLICT));
        assertEquals("ccb", ccb.channel(any));
        assertNull(ccb.signedHeaders(any));
    }

    /** A doubled name can't be read, but the bank has signed it. */
    @Test
    void read_signedButUnreadable_isVerified() {
        String twice = CcbCallback.payment("A-1", 115).twice("ORDERID", "A-2").query();
        NothingToBook signed = assertInstanceOf(NothingToBook.class, ccb.find(callback(twice)));
        assertEquals(Outcome.MALFORMED, signed.outcome());
        assertTrue(signed.verified());
        NothingToBook forged = assertInstanceOf(NothingToBook.class, ccb.find(callback(twice + "&X=1")));
        assertEquals(Outcome.MALFORMED, forged.outcome());
        assertFalse(forged.verified());
    }
}
