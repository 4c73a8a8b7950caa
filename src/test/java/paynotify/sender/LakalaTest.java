package paynotify.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static paynotify.sender.Accounts.assertAlarming;
import static paynotify.sender.Accounts.assertByStranger;
import static paynotify.sender.Accounts.assertNothing;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.LakalaCallback;
import paynotify.kit.Vectors;

class LakalaTest {
    private final Sender lakala =
            Accounts.of("lakala", "mch-id = 822000000000001", "public-key = $vectors/keys/lakala_cert.pem");

    private Finding read(LakalaCallback callback) {
        return lakala.find(Accounts.callback(callback.body(), "authorization", callback.authorization()));
    }

    private static LakalaCallback payment() {
        return LakalaCallback.payment("A-1", 101);
    }

    private static LakalaCallback cashier() {
        return LakalaCallback.cashier("A-1", 101);
    }

    private static Callback vector(String folder) {
        return Accounts.callback(
                Vectors.text(folder + "/body.json"), "Authorization", Vectors.text(folder + "/authorization.txt"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"lakala", "lakala-spaces"})
    void read_vector_isItsPayment(String folder) {
        Payment payment = assertInstanceOf(Payment.class, lakala.find(vector(folder)));
        assertEquals("20250601110113130266000012345678", payment.trade().transactionId());
        assertEquals("822000000000001", payment.trade().mchId());
        assertEquals("843440000", payment.trade().subMchId());
        assertEquals(101, payment.trade().totalFee());
        assertEquals(Instant.parse("2025-06-01T04:00:05Z"), payment.paidAt());
        assertEquals("oSub8uMuAJO_M2pxb1Q9zNjWeS6o", payment.payer());
    }

    @Test
    void read_tamperedVector_isBadSignature() {
        assertNothing(Outcome.BAD_SIGNATURE, lakala.find(vector("lakala-tampered")));
    }

    @Test
    void read_cashier_isItsPaymentAtItsArrival() {
        Payment payment = assertInstanceOf(Payment.class, read(cashier()));
        assertEquals("A-1", payment.trade().outTradeNo());
        assertEquals(LakalaCallback.tradeNo("A-1"), payment.trade().transactionId());
        assertEquals(Instant.parse("2025-06-01T04:00:00Z"), payment.paidAt());
        assertNull(payment.payer());
        assertInstanceOf(Payment.class, read(cashier().with("order_status", "2").with("total_amount", "101")));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "LKLAPI-SHA256withRSA timestamp=\"%s\", nonce_str=\"%s\",  signature=\"%s\"",
                "LKLAPI-SHA256withRSA signature=\"%3$s\",appid=\"1\",nonce_str=\"%2$s\",timestamp=\"%1$s\""
            })
    void read_headerWithBlanksOrInAnotherOrder_isTaken(String header) {
        assertInstanceOf(Payment.class, read(payment().header(header)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "Basic x",
                "LKLAPI-SHA256withRSA ",
                "LKLAPI-SM2 timestamp=\"%s\",nonce_str=\"%s\",signature=\"%s\"",
                "LKLAPI-SHA256withRSA timestamp=\"%s\",nonce_str=\"%s\"",
                "LKLAPI-SHA256withRSA timestamp=\"%s\",signature=\"%3$s\"",
                "LKLAPI-SHA256withRSA nonce_str=\"%2$s\",signature=\"%3$s\"",
                "LKLAPI-SHA256withRSA timestamp=%s,nonce_str=\"%s\",signature=\"%s\"",
                "LKLAPI-SHA256withRSA timestamp=\"%s\"nonce_str=\"%s\",signature=\"%s\"",
                "LKLAPI-SHA256withRSA timestamp=\"1\",timestamp=\"%s\",nonce_str=\"%s\",signature=\"%s\"",
            })
    void read_anotherHeader_isBadSignature(String header) {
        assertNothing(Outcome.BAD_SIGNATURE, read(payment().header(header)));
    }

    @Test
    void read_noHeader_isBadSignature() {
        assertNothing(
                Outcome.BAD_SIGNATURE, lakala.find(Accounts.callback(payment().body())));
        assertNull(lakala.signedHeaders(Accounts.callback("{}")));
        assertEquals("Authorization: x", lakala.signedHeaders(Accounts.callback("{}", "Authorization", "x")));
    }

    @ParameterizedTest
    @CsvSource({
        "merchant_no, , MALFORMED",
        "out_trade_no, , MALFORMED",
        "trade_no, , MALFORMED",
        "total_amount, , MALFORMED",
        "total_amount, 1.01, MALFORMED",
        "trade_state, FAIL, MALFORMED",
        "trade_time, 20250601, MALFORMED",
        "merchant_no, 1, WRONG_MERCHANT",
        "trade_type, REFUND, IGNORED",
        "trade_type, CANCEL, IGNORED",
    })
    void read_signedWithAnotherValue_isRefused(String name, String value, Outcome outcome) {
        assertNothing(
                outcome,
                read(value == null ? payment().without(name) : payment().with(name, value)));
    }

    @ParameterizedTest
    @CsvSource({
        "order_status, 3, NOT_PAID",
        "order_status, 2.0, MALFORMED",
        "order_status, null, MALFORMED",
        "total_amount, 101.0, MALFORMED",
        "pay_order_no, null, MALFORMED",
        "out_order_no, null, MALFORMED",
        "merchant_no, null, MALFORMED",
        "merchant_no, '\"1\"', WRONG_MERCHANT",
        "order_trade_info, '{\"trade_type\":\"REFUND\"}', IGNORED",
    })
    void read_cashierWithAnotherValue_isRefused(String name, String json, Outcome outcome) {
        assertNothing(outcome, read(cashier().json(name, json)));
    }

    @Test
    void read_oneStatus_isEnough() {
        assertInstanceOf(Payment.class, read(payment().without("trade_status")));
        assertInstanceOf(Payment.class, read(payment().without("trade_state")));
        assertNothing(Outcome.MALFORMED, read(payment().without("trade_state").without("trade_status")));
        assertNothing(
                Outcome.NOT_PAID, read(payment().with("trade_state", "DEAL").with("trade_status", "DEAL")));
    }

    @Test
    void read_noUserId1_isPaidByUserId2() {
        Payment payment = assertInstanceOf(Payment.class, read(payment().without("user_id1")));
        assertEquals("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", payment.payer());
    }

    @Test
    void reply_isJson() {
        Callback any = Accounts.callback("");
        assertEquals(
                "{\"code\":\"SUCCESS\",\"message\":\"OK\"}",
                lakala.reply(any, Outcome.APPLIED).text());
        assertEquals(
                "{\"code\":\"FAIL\",\"message\":\"CONFLICT\"}",
                lakala.reply(any, Outcome.CONFLICT).text());
        assertEquals("lakala", lakala.channel(any));
    }

    /** Lakala signs for all its merchants with one key. */
    @Test
    void read_anotherMerchants_isLimitedLikeAStrangers() {
        assertByStranger(Outcome.WRONG_MERCHANT, read(payment().with("merchant_no", "1")));
        assertAlarming(Outcome.MALFORMED, read(payment().without("trade_no")));
    }

    /** The signature is over the raw bytes, so it proves what nobody can read. */
    @Test
    void read_noJson_isVerifiedIfItIsSigned() {
        assertAlarming(Outcome.MALFORMED, read(payment().suffix("}")));
        assertAlarming(Outcome.MALFORMED, read(payment().twice("total_amount", "1")));
        assertByStranger(Outcome.MALFORMED, read(payment().suffix("}").signature("")));
    }

    @Test
    void read_anotherSignature_isLoggedWithWhatCanBeRead() {
        Finding finding = read(payment().signature("AAAA"));
        assertByStranger(Outcome.BAD_SIGNATURE, finding);
        assertEquals("A-1", finding.claims().outTradeNo());
        assertEquals(101, finding.claims().totalFee());
    }
}
