package paynotify.sender;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.mockito.Mockito.CALLS_REAL_METHODS;
import static org.mockito.Mockito.mock;
import static paynotify.sender.Accounts.assertByStranger;
import static paynotify.sender.Accounts.assertNothing;
import static paynotify.sender.Accounts.callback;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.config.Config;
import paynotify.config.ConfigException;
import paynotify.kit.FormCallback;
import paynotify.kit.FormCallback.Rule;
import paynotify.kit.Vectors;

class FormTest {
    private static final List<String> MAPPING = List.of(
            "mch-id = 8201",
            "sign.field = sign",
            "sign.skip = sign_type",
            "field.out_trade_no = order_id",
            "field.transaction_id = trade_no",
            "field.total_fee = amount",
            "amount.unit = yuan",
            "field.status = payment_status",
            "paid = SUCCESS",
            "answer.success = OK",
            "answer.failure = NO");

    private static String[] lines(String... more) {
        List<String> lines = new ArrayList<>(MAPPING);
        lines.addAll(List.of(more));
        return lines.toArray(String[]::new);
    }

    private static FormCallback payment(Rule rule, String key) {
        return FormCallback.signed(rule, key, "sign")
                .with("order_id", "A-1")
                .with("trade_no", "T-1")
                .with("amount", "1.15")
                .with("payment_status", "SUCCESS")
                .with("subject", "桌号 8&A")
                .with("empty", "")
                .skipped("sign_type", "X");
    }

    private static Sender md5() {
        return Accounts.of("form", lines("sign.rule = md5", "sign.key = secret99"));
    }

    private static void assertPaid(Sender form, FormCallback callback) {
        Payment payment = assertInstanceOf(
                Payment.class, form.find(callback(callback.form())).get(0));
        assertEquals(new Trade("8201", null, "A-1", "T-1", 115), payment.trade());
    }

    @Test
    void read_everyRule_isItsPayment() {
        assertPaid(md5(), payment(Rule.MD5, "secret99"));
        assertPaid(md5(), payment(Rule.MD5, "secret99").upperCaseSign());
        assertPaid(
                Accounts.of("form", lines("sign.rule = md5", "sign.key = secret99", "sign.tail =")),
                payment(Rule.MD5, "secret99").tail(""));
        assertPaid(
                Accounts.of("form", lines("sign.rule = hmac-sha256", "sign.key = 密钥密钥密钥密钥")),
                payment(Rule.HMAC_SHA256, "密钥密钥密钥密钥"));
        assertPaid(
                Accounts.of("form", lines("sign.rule = rsa-sha1", "sign.key = $vectors/keys/allinpay_public.pem")),
                payment(Rule.RSA_SHA1, Vectors.text("keys/allinpay_private.pem")));
        assertPaid(
                Accounts.of("form", lines("sign.rule = rsa-sha256", "sign.key = $vectors/keys/lakala_cert.pem")),
                payment(Rule.RSA_SHA256, Vectors.text("keys/lakala_private.pem")));
    }

    @Test
    void read_notSigned_isBadSignature() {
        assertNothing(Outcome.BAD_SIGNATURE, md5().find(callback("")).get(0));
        assertNothing(
                Outcome.BAD_SIGNATURE,
                md5().find(callback(payment(Rule.MD5, "other").form())).get(0));
        assertNothing(
                Outcome.BAD_SIGNATURE,
                md5().find(callback(payment(Rule.MD5, "secret99")
                                .tamper("amount", "0.01")
                                .form()))
                        .get(0));
        assertNothing(
                Outcome.BAD_SIGNATURE,
                md5().find(callback(payment(Rule.MD5, "secret99").signature("x").form()))
                        .get(0));
        assertNothing(
                Outcome.MALFORMED,
                md5().find(callback(payment(Rule.MD5, "secret99")
                                .twice("amount", "1.15")
                                .form()))
                        .get(0));
    }

    /** The same text, cut in other places, is another message with the same sign: neither is taken. */
    @Test
    void read_textThatCanBeCutInTwoWays_isMalformed() {
        FormCallback genuine = FormCallback.signed(Rule.MD5, "secret99", "sign")
                .with("amount", "0.01")
                .with("echo", "x&order_id=VICTIM&order_id0=")
                .with("order_id", "MINE")
                .with("payment_status", "SUCCESS")
                .with("trade_no", "T-1");
        FormCallback cut = FormCallback.signed(Rule.MD5, "secret99", "sign")
                .with("amount", "0.01")
                .with("echo", "x")
                .with("order_id", "VICTIM")
                .with("order_id0", "&order_id=MINE")
                .with("payment_status", "SUCCESS")
                .with("trade_no", "T-1");
        assertEquals(genuine.textToSign(), cut.textToSign());
        assertNothing(Outcome.MALFORMED, md5().find(callback(genuine.form())).get(0));
        assertNothing(Outcome.MALFORMED, md5().find(callback(cut.form())).get(0));
        assertPaid(md5(), payment(Rule.MD5, "secret99").with("echo", "x&y=1&order=2"));
    }

    @Test
    void read_mappedMerchant_isCompared() {
        Sender form = Accounts.of("form", lines("sign.rule = md5", "sign.key = secret99", "field.mch_id = merchant"));
        assertPaid(form, payment(Rule.MD5, "secret99").with("merchant", "8201"));
        FormCallback other = payment(Rule.MD5, "secret99").with("merchant", "8202");
        assertNothing(Outcome.WRONG_MERCHANT, form.find(callback(other.form())).get(0));
        assertNothing(
                Outcome.WRONG_MERCHANT,
                form.find(callback(other.with("payment_status", "FAIL").form())).get(0));
        assertNothing(
                Outcome.MALFORMED,
                form.find(callback(payment(Rule.MD5, "secret99").form())).get(0));
    }

    @Test
    void read_publicKeyOrFileNameAsSecret_isAFault() {
        assertEquals(
                List.of(
                        "sign.key: expected a secret that both sides know, found a public key, which everybody may know"),
                faults(List.of(lines(
                        "sign.rule = md5",
                        "sign.key = " + Vectors.text("keys/ccb_public.hex").strip()))));
        assertEquals(
                List.of("sign.key: expected 8 to 1024 characters, none of them a control character"
                        + " (a comma parts two keys), or ${file:path},"
                        + " found the name of a file"),
                faults(List.of(lines("sign.rule = md5", "sign.key = $vectors/keys/allinpay_md5_key.txt"))));
    }

    @ParameterizedTest
    @CsvSource({
        "order_id, , MALFORMED",
        "trade_no, , MALFORMED",
        "amount, , MALFORMED",
        "amount, 1.155, MALFORMED",
        "payment_status, , MALFORMED",
        "payment_status, FAIL, NOT_PAID",
    })
    void read_signedWithAnotherValue_isRefused(String name, String value, Outcome outcome) {
        FormCallback callback = payment(Rule.MD5, "secret99");
        String form = (value == null ? callback.without(name) : callback.with(name, value)).form();
        Finding finding = md5().find(callback(form)).get(0);
        assertNothing(outcome, finding);
        assertEquals("8201", finding.claims().mchId());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "sign.rule = sha512                | sign.rule: expected md5 or hmac-sha256 or rsa-sha1 or rsa-sha256, found 'sha512'",
                "sign.rule =                       | sign.rule: expected md5 or hmac-sha256 or rsa-sha1 or rsa-sha256, found ''",
                "sign.field = order_id             | field.out_trade_no: expected a field that is signed, and mapped once, found 'order_id'",
                "sign.skip = sign_type, amount     | field.total_fee: expected a field that is signed, and mapped once, found 'amount'",
                "field.status = amount             | field.status: expected a field that is signed, and mapped once, found 'amount'",
                "field.status =                    | field.status: expected a field's name: 1 to 128 printable characters of ASCII, no comma, & or =, found ''",
                "field.paid_at = x                 | field.paid_at: expected a known key, found an unknown one",
                "amount.unit = jiao                | amount.unit: expected yuan or fen, found 'jiao'",
                "answer.success =                  | answer.success: expected 1 to 1024 characters, found ''",
            })
    void read_faultyMapping_isItsLine(String line, String fault) {
        List<String> lines = new ArrayList<>(List.of(lines("sign.rule = md5", "sign.key = secret99")));
        String key = line.split(" ", 2)[0];
        lines.removeIf(each -> each.startsWith(key + " "));
        lines.add(line);
        assertEquals(List.of(fault), faults(lines));
    }

    @Test
    void read_secretThatIsNone_isAFaultAndNotShown() {
        String expected = "sign.key: expected 8 to 1024 characters, none of them a control character"
                + " (a comma parts two keys), found ";
        assertEquals(List.of(expected + "none"), faults(List.of(lines("sign.rule = md5", "sign.key ="))));
        assertEquals(
                List.of(expected + "others, fewer or more"),
                faults(List.of(lines("sign.rule = hmac-sha256", "sign.key = a\\tb"))));
    }

    @Test
    void read_missingKeys_areALineEach() {
        assertEquals(10, faults(List.of("mch-id = 1")).size());
    }

    @Test
    void read_keyOfAnotherKind_isNotShown() {
        List<String> faults = faults(List.of(lines("sign.rule = rsa-sha256", "sign.key = ${env:SECRET}")));
        assertEquals(List.of("sign.key: expected an environment variable SECRET, found none"), faults);
        assertEquals(
                1,
                faults(List.of(lines("sign.rule = rsa-sha256", "sign.key = no/such/file")))
                        .size());
    }

    private static List<String> faults(List<String> lines) {
        Config config = Accounts.config(lines.toArray(String[]::new));
        Senders.of("form", config);
        return assertThrows(ConfigException.class, config::done).faults();
    }

    @Test
    void reply_isAsConfigured() {
        Callback any = callback("");
        assertEquals(new Reply(200, "text/plain;charset=UTF-8", "OK"), md5().reply(any, Outcome.NOT_PAID));
        assertEquals(new Reply(401, "text/plain;charset=UTF-8", "NO"), md5().reply(any, Outcome.BAD_SIGNATURE));
        assertEquals("form", md5().channel(any));
    }

    @Test
    void read_anotherMerchants_isLimitedLikeAStrangers() {
        Sender form = Accounts.of("form", lines("sign.rule = md5", "sign.key = secret99", "field.mch_id = merchant"));
        FormCallback other = payment(Rule.MD5, "secret99").with("merchant", "8202");
        assertByStranger(
                Outcome.WRONG_MERCHANT, form.find(callback(other.form())).get(0));
    }

    /** Whose public key it is; a shared one is no key that expires. */
    @Test
    void keys_areThePublicOnes() {
        Sender rsa = Accounts.of(
                "form",
                "mch-id = 8201",
                "sign.rule = rsa-sha256",
                "sign.key = $vectors/keys/wechat_pubkey_mode_public.pem",
                "sign.field = sign",
                "field.out_trade_no = a",
                "field.transaction_id = b",
                "field.total_fee = c",
                "amount.unit = fen",
                "field.status = d",
                "paid = 1",
                "answer.success = success",
                "answer.failure = fail");
        assertEquals(1, rsa.keys().size());
        Sender md5 = Accounts.of(
                "form",
                "mch-id = 8201",
                "sign.rule = md5",
                "sign.key = a-shared-key-of-some-length",
                "sign.field = sign",
                "field.out_trade_no = a",
                "field.transaction_id = b",
                "field.total_fee = c",
                "amount.unit = fen",
                "field.status = d",
                "paid = 1",
                "answer.success = success",
                "answer.failure = fail");
        assertEquals(0, md5.keys().size());
        assertEquals(0, mock(Sender.class, CALLS_REAL_METHODS).keys().size());
    }
}
