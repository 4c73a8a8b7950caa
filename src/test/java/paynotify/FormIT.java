package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.math.BigInteger;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Aggregators;
import paynotify.kit.CcbCallback;
import paynotify.kit.FormCallback;
import paynotify.kit.Http;
import paynotify.kit.Notice;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Request;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;

/** Senders that a shop describes in its configuration: signed pairs, as a body or as a query string. */
@OnBothTomcats
class FormIT extends PairsCases {

    /** The four rules, and the first of them by GET. */
    enum Ways implements SenderUnderTest {
        MD5,
        MD5_BY_GET,
        HMAC,
        SHA1,
        SHA256;

        private boolean md5() {
            return this == MD5 || this == MD5_BY_GET;
        }

        @Override
        public String account() {
            return switch (this) {
                case MD5, MD5_BY_GET -> "formmd5";
                case HMAC -> "formhmac";
                case SHA1 -> "formsha1";
                case SHA256 -> "formsha256";
            };
        }

        @Override
        public String channel() {
            return "form";
        }

        @Override
        public String mchId() {
            return Aggregators.FORM_MCH_ID;
        }

        @Override
        public Words words() {
            return switch (this) {
                case MD5, MD5_BY_GET -> Words.text("success", "fail");
                case HMAC -> Words.text("{\"code\":\"成功\"}", "{\"code\":\"失败\"}");
                case SHA1 -> Words.text("OK", "NO");
                case SHA256 -> Words.text("SUCCESS", "FAIL");
            };
        }

        @Override
        public FormCallback payment(String outTradeNo, long fen) {
            return switch (this) {
                case MD5 -> Aggregators.formMd5(outTradeNo, fen);
                case MD5_BY_GET -> Aggregators.formMd5(outTradeNo, fen).byGet();
                case HMAC -> Aggregators.formHmac(outTradeNo, fen);
                case SHA1 -> Aggregators.formSha1(outTradeNo, fen);
                case SHA256 -> Aggregators.formSha256(outTradeNo, fen);
            };
        }

        @Override
        public String transactionId(String outTradeNo) {
            return Aggregators.formTransactionId(outTradeNo);
        }

        @Override
        public List<String> needed() {
            return md5()
                    ? List.of("order_id", "amount", "trade_no", "payment_status")
                    : List.of("outNo", "total", "txn", "state");
        }

        @Override
        public String amount(long fen) {
            return md5() ? CcbCallback.yuan(fen) : Long.toString(fen);
        }

        @Override
        public List<String> malformedAmounts() {
            return md5() ? NO_YUAN : NO_FEN;
        }

        @Override
        public Map<String, Long> amounts() {
            return md5() ? YUAN : FEN;
        }

        @Override
        public Notice unpaid(Notice notice) {
            return notice.with(statusField(), "FAILED");
        }

        @Override
        public String statusField() {
            return md5() ? "payment_status" : "state";
        }

        @Override
        public String otherKey() {
            return switch (this) {
                case MD5, MD5_BY_GET -> Aggregators.FORM_HMAC_KEY;
                case HMAC -> Aggregators.FORM_MD5_KEY;
                case SHA1 -> Aggregators.CCB_PRIVATE_KEY;
                case SHA256 -> Aggregators.LAKALA_PRIVATE_KEY;
            };
        }

        @Override
        public boolean getIsFine() {
            return true;
        }

        @Override
        public boolean inBody() {
            return this != MD5_BY_GET;
        }
    }

    FormIT(TomcatVersion version) {
        super(Shop.shared(version));
    }

    static SenderUnderTest[] ways() {
        return Ways.values();
    }

    @ParameterizedTest
    @EnumSource(Ways.class)
    void queryString_isReadByGetAndWhereAPostHasNoBody(Ways way) {
        String no = order(way);
        String form = way.payment(no, 101).form();
        Exchange.of(shop, way.account(), () -> Http.get(shop.pay(way.account() + "?" + form)))
                .answers(way.words(), "APPLIED")
                .column("body", form);
        Exchange.of(shop, way.account(), () -> Http.post(shop.pay(way.account() + "?" + form), new byte[0]))
                .answers(way.words(), "DUPLICATE")
                .column("body", form);
        String other = order(way);
        FormCallback payment = way.payment(other, 101);
        Request both = Request.of("POST", shop.pay(way.account()), form, payment.form());
        Exchange.of(shop, way.account(), both::send)
                .answers(way.words(), "APPLIED")
                .column("out_trade_no", other)
                .column("body", payment.form());
        Request badBody = Request.of("POST", shop.pay(way.account()), form, "x=1");
        Exchange.of(shop, way.account(), badBody::send)
                .answers(way.words(), "BAD_SIGNATURE")
                .column("body", "x=1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"MD5", "MD5_BY_GET", "HMAC"})
    void sign_inCapitals_isTaken(String name) {
        Ways way = Ways.valueOf(name);
        post(way, way.payment(order(way), 101).upperCaseSign()).answers(way.words(), "APPLIED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"SHA1", "SHA256"})
    void sign_inOtherThanStrictBase64_isBadSignature(String name) {
        Ways way = Ways.valueOf(name);
        String no = order(way);
        String sign = sign(way.payment(no, 101));
        byte[] raw = Base64.getDecoder().decode(sign);
        for (String other : new String[] {
            " " + sign,
            sign + "\n",
            sign.substring(0, 76) + "\r\n" + sign.substring(76),
            sign + "====",
            Base64.getUrlEncoder().encodeToString(new byte[raw.length]),
            String.format("%0" + 2 * raw.length + "x", new BigInteger(1, raw)),
            sign.replace('+', ' ') + " "
        }) {
            unchanged(way, no, way.payment(no, 101).signature(other), "BAD_SIGNATURE");
        }
        post(way, way.payment(no, 101)).answers(way.words(), "APPLIED");
    }

    @Test
    void fields_thatAreSkipped_mayChange() {
        String no = order(Ways.MD5);
        post(Ways.MD5, Aggregators.formMd5(no, 101).tamper("sign_type", "anything"))
                .answers(Ways.MD5.words(), "APPLIED");
        String hmac = order(Ways.HMAC);
        post(
                        Ways.HMAC,
                        Aggregators.formHmac(hmac, 101)
                                .tamper("sign_type", null)
                                .tamper("charset", "GBK"))
                .answers(Ways.HMAC.words(), "APPLIED");
        // Here it is signed, for nothing is skipped.
        String sha1 = order(Ways.SHA1);
        unchanged(Ways.SHA1, sha1, Aggregators.formSha1(sha1, 101).tamper("sign_type", "anything"), "BAD_SIGNATURE");
    }

    @Test
    void rule_isTheAccountsWhateverTheCallbackSays() {
        String no = order(Ways.SHA256);
        // The public key as the secret of another rule, SHA-1 where SHA-256 is configured, and no key at all.
        FormCallback md5 =
                FormCallback.signed(FormCallback.Rule.MD5, Shop.key("wechat_pubkey_mode_public.pem"), "sign");
        FormCallback sha1 =
                FormCallback.signed(FormCallback.Rule.RSA_SHA1, Aggregators.FORM_SHA256_PRIVATE_KEY, "sign");
        for (FormCallback callback : List.of(md5, sha1)) {
            callback.with("outNo", no)
                    .with("txn", "1")
                    .with("total", "101")
                    .with("state", "PAID")
                    .skipped("sign_type", "MD5");
            unchanged(Ways.SHA256, no, callback, "BAD_SIGNATURE");
        }
        String other = order(Ways.MD5);
        unchanged(Ways.MD5, other, Aggregators.formMd5(other, 101).signedBy(""), "BAD_SIGNATURE");
        unchanged(Ways.MD5, other, Aggregators.formMd5(other, 101).tail(""), "BAD_SIGNATURE");
        unchanged(Ways.HMAC, other, Aggregators.formHmac(other, 101).tail("&key="), "BAD_SIGNATURE");
    }

    @ParameterizedTest
    @EnumSource(Ways.class)
    void text_thatIsNoUtf8_orHasNul_isMalformed(Ways way) {
        String no = order(way);
        for (String sent : new String[] {"note=%ff", "note=%E6%A1", "note=%00", "note=%c0%80", "no%00te=1"}) {
            unchanged(way, no, (Notice) way.payment(no, 101).written("note", "x", sent), "MALFORMED");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"SUCCES", "success", " SUCCESS", "SUCCESS,", "PAID"})
    void status_otherThanTheAccountsWord_isNotPaid(String word) {
        String no = order(Ways.MD5);
        unchanged(Ways.MD5, no, Aggregators.formMd5(no, 101).with("payment_status", word), "NOT_PAID");
    }

    @Test
    void body_inUtf8WithoutEscapes_isRead() {
        String no = order(Ways.SHA1);
        FormCallback payment = (FormCallback) Aggregators.formSha1(no, 101).written("note", "桌号", "note=桌号");
        Exchange.post(shop, "formsha1", payment.form().getBytes(StandardCharsets.UTF_8))
                .answers(Ways.SHA1.words(), "APPLIED")
                .column("body", payment.form());
        assertEquals("PAID", row(Ways.SHA1, no).get("status"));
    }

    /** As it is sent, decoded. */
    private static String sign(FormCallback callback) {
        return URLDecoder.decode(callback.form().replaceAll(".*&sign=", ""), StandardCharsets.UTF_8);
    }
}
