package paynotify.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNull;
import static paynotify.sender.Accounts.assertAlarming;
import static paynotify.sender.Accounts.assertByStranger;
import static paynotify.sender.Accounts.assertNothing;
import static paynotify.sender.Accounts.callback;

import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Aggregators;
import paynotify.kit.AllinpayCallback;
import paynotify.kit.Vectors;

class AllinpayTest {
    private static final String MCH_ID = "mch-id = 990440153996000";
    private static final String MD5_KEY = "md5-key = " + Vectors.text("keys/allinpay_md5_key.txt");
    private static final String PUBLIC_KEY = "public-key = " + Vectors.text("keys/allinpay_public.b64");

    private final Sender both = Accounts.of("allinpay", MCH_ID, "app-id = 00000051", MD5_KEY, PUBLIC_KEY);
    private final Sender md5 = Accounts.of("allinpay", MCH_ID, MD5_KEY);
    private final Sender rsa = Accounts.of("allinpay", MCH_ID, PUBLIC_KEY);

    private static AllinpayCallback payment() {
        return AllinpayCallback.payment("A-1", 101);
    }

    @ParameterizedTest
    @ValueSource(strings = {"allinpay-md5", "allinpay-rsa", "allinpay-rsa-newfield"})
    void read_vector_isItsPayment(String folder) {
        Payment payment = assertInstanceOf(Payment.class, both.find(callback(Vectors.text(folder + "/body.form"))));
        assertEquals(101, payment.trade().totalFee());
        assertEquals("990440153996000", payment.trade().mchId());
        assertEquals("CNY", payment.currency());
        assertEquals(Instant.parse("2025-06-01T04:00:05Z"), payment.paidAt());
        assertEquals("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", payment.payer());
    }

    @Test
    void read_otherVectors_areNoPayments() {
        assertNothing(Outcome.NOT_PAID, both.find(callback(Vectors.text("allinpay-processing/body.form"))));
        assertNothing(Outcome.BAD_SIGNATURE, both.find(callback(Vectors.text("allinpay-rsa-tampered/body.form"))));
    }

    /** It chooses among the configured keys only. */
    @Test
    void read_signtype_choosesAmongTheKeysThatThereAre() {
        String ofMd5 = payment().body();
        String ofRsa = payment().rsa().body();
        assertInstanceOf(Payment.class, md5.find(callback(ofMd5)));
        assertInstanceOf(Payment.class, rsa.find(callback(ofRsa)));
        assertNothing(Outcome.BAD_SIGNATURE, md5.find(callback(ofRsa)));
        assertNothing(Outcome.BAD_SIGNATURE, rsa.find(callback(ofMd5)));
        String saysNothing = payment().without("signtype").body();
        assertInstanceOf(Payment.class, md5.find(callback(saysNothing)));
        assertNothing(Outcome.BAD_SIGNATURE, rsa.find(callback(saysNothing)));
        assertNothing(Outcome.BAD_SIGNATURE, both.find(callback(saysNothing)));
        String rsaSaysNothing = payment().rsaWithoutSaying().without("signtype").body();
        assertInstanceOf(Payment.class, rsa.find(callback(rsaSaysNothing)));
        assertNothing(
                Outcome.BAD_SIGNATURE,
                both.find(callback(payment().with("signtype", "SM2").body())));
        assertNothing(
                Outcome.BAD_SIGNATURE,
                both.find(callback(payment().with("signtype", "RSA").body())));
    }

    @Test
    void read_parameterNamedKey_isNotTheKey() {
        assertNothing(
                Outcome.BAD_SIGNATURE,
                md5.find(callback(payment().with("key", "1").body())));
        assertNothing(
                Outcome.BAD_SIGNATURE,
                md5.find(callback(
                        payment().with("key", Aggregators.ALLINPAY_MD5_KEY).body())));
        assertInstanceOf(
                Payment.class,
                rsa.find(callback(payment().with("key", "1").rsa().body())));
    }

    @Test
    void read_textThatCanBeCutInTwoWays_isMalformed() {
        AllinpayCallback cut = payment().with("trxreserved", "a").with("trxt", "&trxstatus=2008");
        AllinpayCallback genuine =
                payment().with("trxreserved", "a&trxstatus=0000&trxt=").with("trxstatus", "2008");
        assertEquals(genuine.textToSign(), cut.textToSign());
        assertNothing(Outcome.MALFORMED, both.find(callback(genuine.body())));
        assertNothing(Outcome.MALFORMED, both.find(callback(cut.body())));
    }

    @Test
    void read_unsigned_isBadSignature() {
        assertNothing(Outcome.BAD_SIGNATURE, both.find(callback("")));
        assertNothing(
                Outcome.BAD_SIGNATURE,
                both.find(callback(payment().signature(null).body())));
        assertNothing(
                Outcome.BAD_SIGNATURE,
                both.find(callback(payment().signature("no hex").body())));
        assertNothing(
                Outcome.BAD_SIGNATURE,
                both.find(callback(payment().rsa().signature("no base64!").body())));
        assertNothing(
                Outcome.MALFORMED,
                both.find(callback(payment().twice("trxstatus", "0000").body())));
    }

    @ParameterizedTest
    @CsvSource({
        "cusid, , MALFORMED",
        "cusorderid, , MALFORMED",
        "trxid, , MALFORMED",
        "trxcode, , MALFORMED",
        "trxstatus, , MALFORMED",
        "initamt, 1.01, MALFORMED",
        "paytime, 20250631120005, MALFORMED",
        "cusid, 1, WRONG_MERCHANT",
        "appid, 1, WRONG_MERCHANT",
        "appid, , WRONG_MERCHANT",
        "trxcode, VSP502, IGNORED",
        "trxcode, '', MALFORMED",
        "trxstatus, 2000, NOT_PAID",
    })
    void read_signedWithAnotherValue_isRefused(String name, String value, Outcome outcome) {
        AllinpayCallback callback =
                value == null ? payment().without(name) : payment().with(name, value);
        assertNothing(outcome, both.find(callback(callback.body())));
    }

    @Test
    void read_noInitamt_isTrxamt() {
        Payment payment = assertInstanceOf(
                Payment.class, both.find(callback(payment().without("initamt").body())));
        assertEquals(101, payment.trade().totalFee());
        assertNothing(
                Outcome.MALFORMED,
                both.find(
                        callback(payment().without("initamt").without("trxamt").body())));
    }

    @Test
    void read_noTime_isPaidAtItsArrival() {
        Payment payment = assertInstanceOf(
                Payment.class, both.find(callback(payment().without("paytime").body())));
        assertEquals(Instant.parse("2025-06-01T04:00:00Z"), payment.paidAt());
    }

    @Test
    void read_ignored_hasNoEventAndNeedsNoStatus() {
        Finding finding = both.find(callback(
                payment().with("trxcode", "VSP503").without("trxstatus").body()));
        assertNothing(Outcome.IGNORED, finding);
        assertNull(finding.claims().event());
        assertEquals("A-1", finding.claims().outTradeNo());
    }

    @Test
    void reply_isAWord() {
        Callback any = callback("");
        assertEquals(new Reply(200, "text/plain;charset=UTF-8", "success"), both.reply(any, Outcome.IGNORED));
        assertEquals(new Reply(503, "text/plain;charset=UTF-8", "fail"), both.reply(any, Outcome.ERROR));
    }

    /** The platform signs for all its merchants with one key. */
    @Test
    void read_anotherMerchants_isLimitedLikeAStrangers() {
        assertByStranger(
                Outcome.WRONG_MERCHANT,
                both.find(callback(payment().with("cusid", "1").body())));
        assertAlarming(
                Outcome.MALFORMED, both.find(callback(payment().without("trxid").body())));
    }
}
