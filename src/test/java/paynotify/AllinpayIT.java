package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Timestamp;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Aggregators;
import paynotify.kit.AllinpayCallback;
import paynotify.kit.Notice;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;

/** Allinpay's trade notices: a form body, signed by MD5 or by RSA. */
@OnBothTomcats
class AllinpayIT extends PairsCases {

    /** Either signature, at the account with both keys and at the one that has just this. */
    enum Ways implements SenderUnderTest {
        MD5,
        RSA,
        MD5_ONLY,
        RSA_ONLY;

        private boolean rsa() {
            return this == RSA || this == RSA_ONLY;
        }

        @Override
        public String account() {
            return switch (this) {
                case MD5, RSA -> "allinpay";
                case MD5_ONLY -> "allinmd5";
                case RSA_ONLY -> "allinrsa";
            };
        }

        @Override
        public String channel() {
            return "allinpay";
        }

        @Override
        public String mchId() {
            return Aggregators.ALLINPAY_MCH_ID;
        }

        @Override
        public Words words() {
            return Words.text("success", "fail");
        }

        @Override
        public AllinpayCallback payment(String outTradeNo, long fen) {
            AllinpayCallback callback = AllinpayCallback.payment(outTradeNo, fen);
            return rsa() ? callback.rsa() : callback;
        }

        @Override
        public String transactionId(String outTradeNo) {
            return AllinpayCallback.trxid(outTradeNo);
        }

        @Override
        public Instant paidAt() {
            return Instant.parse("2025-06-01T04:00:05Z");
        }

        @Override
        public String payer() {
            return "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o";
        }

        @Override
        public List<String> needed() {
            return List.of("cusorderid", "initamt", "trxid", "cusid", "trxcode", "trxstatus");
        }

        @Override
        public boolean amountIsNeeded() {
            return false;
        }

        @Override
        public Notice unpaid(Notice notice) {
            return notice.with("trxstatus", "2008");
        }

        @Override
        public String statusField() {
            return "trxstatus";
        }

        @Override
        public List<Notice> ofOthers(String outTradeNo, long fen) {
            Notice otherMerchant = payment(outTradeNo, fen).with("cusid", "990440153996001");
            return this != RSA_ONLY
                    ? List.of(otherMerchant)
                    : List.of(
                            otherMerchant,
                            payment(outTradeNo, fen).with("appid", "00000052"),
                            payment(outTradeNo, fen).with("appid", ""),
                            payment(outTradeNo, fen).without("appid"));
        }

        @Override
        public String otherKey() {
            return rsa() ? Aggregators.CCB_PRIVATE_KEY : "a0ea3fa20dbd7bb4d5abf1d59d63bae9";
        }
    }

    AllinpayIT(TomcatVersion version) {
        super(Shop.shared(version));
    }

    static SenderUnderTest[] ways() {
        return Ways.values();
    }

    @ParameterizedTest
    @CsvSource({
        "allinpay-md5, ORD20250601120000008, APPLIED",
        "allinpay-rsa, ORD20250601120000009, APPLIED",
        "allinpay-rsa-newfield, ORD20250601120000010, APPLIED",
        "allinpay-rsa-tampered, ORD20250601120000008, BAD_SIGNATURE",
        "allinpay-processing, ORD20250601120000011, NOT_PAID"
    })
    void vector_posted_getsItsOutcome(String folder, String no, String outcome) throws Exception {
        shop.database().execute("delete from payment_order where out_trade_no = ?", no);
        shop.database()
                .execute(
                        "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, 101)",
                        Aggregators.ALLINPAY_MCH_ID,
                        no);
        byte[] body = Files.readAllBytes(Path.of("src/test/resources/vectors", folder, "body.form"));
        Exchange.post(shop, "allinpay", body, "Content-Type", "application/x-www-form-urlencoded")
                .answers(Ways.MD5.words(), outcome)
                .column("body", new String(body, StandardCharsets.UTF_8));
        assertEquals(
                outcome.equals("APPLIED") ? "PAID" : "PENDING",
                row(Ways.MD5, no).get("status"));
    }

    @ParameterizedTest
    @EnumSource(Ways.class)
    void amount_paid_isUsedWhereTheOrdersIsAbsent(Ways way) {
        String no = order(way);
        unchanged(way, no, way.payment(no, 101).without("initamt").with("trxamt", "100"), "AMOUNT_MISMATCH");
        unchanged(way, no, way.payment(no, 101).without("initamt").with("trxamt", "1.01"), "MALFORMED");
        unchanged(way, no, way.payment(no, 101).without("initamt").without("trxamt"), "MALFORMED");
        // A discount: the order's own amount counts.
        unchanged(way, no, way.payment(no, 90).with("trxamt", "101"), "AMOUNT_MISMATCH");
        post(way, way.payment(no, 101).without("initamt"))
                .answers(way.words(), "APPLIED")
                .column("total_fee", 101L);
        post(way, way.payment(no, 101).with("trxamt", "90")).answers(way.words(), "DUPLICATE");
    }

    @ParameterizedTest
    @ValueSource(strings = {"VSP502", "VSP503", "vsp501", "VSP50", "VSP5011", "VSP501,VSP505", "x"})
    void trxcode_ofNoPayment_isIgnored(String code) {
        String no = order(Ways.MD5);
        for (Ways way : Ways.values()) {
            unchanged(way, no, way.payment(no, 101).with("trxcode", code), "IGNORED")
                    .column("event", null)
                    .detail(code);
        }
        // The order of the checks: merchant before what it is about.
        unchanged(
                Ways.MD5,
                no,
                AllinpayCallback.payment(no, 101).with("trxcode", code).with("cusid", "1"),
                "WRONG_MERCHANT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"VSP501", "VSP505", "VSP511", "VSP541", "VSP551", "VSP681"})
    void trxcode_amongTheUsualOnes_isApplied(String code) {
        String no = order(Ways.RSA);
        post(Ways.RSA, AllinpayCallback.payment(no, 101).with("trxcode", code).rsa())
                .answers(Ways.RSA.words(), "APPLIED");
        boolean configured = code.equals("VSP501");
        String other = order(Ways.MD5_ONLY);
        post(Ways.MD5_ONLY, AllinpayCallback.payment(other, 101).with("trxcode", code))
                .answers(Ways.MD5.words(), configured ? "APPLIED" : "IGNORED");
    }

    @Test
    void trxcode_thatTheAccountAdds_isApplied() {
        String no = order(Ways.MD5_ONLY);
        post(Ways.MD5_ONLY, AllinpayCallback.payment(no, 101).with("trxcode", "VSP901"))
                .answers(Ways.MD5.words(), "APPLIED");
    }

    @Test
    void signtype_choosesAmongTheConfiguredKeysOnly() {
        String no = order(Ways.MD5);
        AllinpayCallback md5SaysRsa = AllinpayCallback.payment(no, 101).with("signtype", "RSA");
        unchanged(Ways.MD5, no, md5SaysRsa, "BAD_SIGNATURE");
        unchanged(Ways.MD5, no, AllinpayCallback.payment(no, 101).rsaWithoutSaying(), "BAD_SIGNATURE");
        unchanged(Ways.RSA_ONLY, no, AllinpayCallback.payment(no, 101), "BAD_SIGNATURE");
        unchanged(Ways.MD5_ONLY, no, AllinpayCallback.payment(no, 101).rsa(), "BAD_SIGNATURE");
        // The public key is known to everybody: it is no secret to sign with.
        for (String publicKey : new String[] {"allinpay_public.b64", "allinpay_public.pem"}) {
            AllinpayCallback forged = AllinpayCallback.payment(no, 101).signedBy(Shop.key(publicKey));
            unchanged(Ways.RSA_ONLY, no, forged, "BAD_SIGNATURE");
            unchanged(Ways.MD5, no, forged, "BAD_SIGNATURE");
        }
        unchanged(Ways.RSA_ONLY, no, AllinpayCallback.payment(no, 101).signedBy(""), "BAD_SIGNATURE");
        for (String other : new String[] {"SM2", "md5", "MD5 ", "RSA2", "HMAC", "null"}) {
            unchanged(Ways.MD5, no, AllinpayCallback.payment(no, 101).with("signtype", other), "BAD_SIGNATURE");
            unchanged(Ways.RSA, no, AllinpayCallback.payment(no, 101).rsa().with("signtype", other), "BAD_SIGNATURE");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void signtype_leftOut_isTheOnlyKeysOrNone(boolean empty) {
        for (Ways way : Ways.values()) {
            String no = order(way);
            AllinpayCallback payment = way.payment(no, 101);
            AllinpayCallback silent = empty ? payment.with("signtype", "") : payment.without("signtype");
            if (way.account().equals("allinpay")) {
                unchanged(way, no, silent, "BAD_SIGNATURE");
            } else {
                post(way, silent).answers(way.words(), "APPLIED");
            }
        }
    }

    @Test
    void key_sentInTheNotice_isNeverTheKey() {
        String no = order(Ways.MD5);
        for (Ways way : new Ways[] {Ways.MD5, Ways.MD5_ONLY}) {
            AllinpayCallback forged = way.payment(no, 101).with("key", "mine").signedBy("mine");
            unchanged(way, no, forged, "BAD_SIGNATURE");
            unchanged(way, no, way.payment(no, 101).with("key", "mine"), "BAD_SIGNATURE");
            unchanged(way, no, way.payment(no, 101).with("key", ""), "BAD_SIGNATURE");
            unchanged(way, no, way.payment(no, 101).signedBy(""), "BAD_SIGNATURE");
            unchanged(way, no, way.payment(no, 101).tamper("key", "mine"), "BAD_SIGNATURE");
        }
    }

    @ParameterizedTest
    @EnumSource(Ways.class)
    void sign_ofANoticeThatIsCutInAnotherWay_isNotTaken(Ways way) {
        String no = order(way);
        AllinpayCallback genuine = way.payment(no, 101)
                .with("trxreserved", "a&trxstatus=0000")
                .with("trxstatus", "2008")
                .with("x_future", "1");
        AllinpayCallback forged = way.payment(no, 101).with("trxreserved", "a").with("trxstatus=2008&x_future", "1");
        assertEquals(genuine.textToSign(), forged.textToSign());
        unchanged(way, no, genuine, "MALFORMED");
        unchanged(way, no, forged, "MALFORMED");
    }

    @Test
    void sign_ofMd5_mayBeInSmallLetters() {
        post(Ways.MD5, AllinpayCallback.payment(order(Ways.MD5), 101).lowerCaseSign())
                .answers(Ways.MD5.words(), "APPLIED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"trxdate", "acct", "trxamt", "chnltrxid", "outtrxid", "termno"})
    void fields_thatNeedNotBe_mayBeMissingOrEmpty(String name) {
        post(Ways.MD5, AllinpayCallback.payment(order(Ways.MD5), 101).without(name))
                .answers(Ways.MD5.words(), "APPLIED");
        post(Ways.MD5, AllinpayCallback.payment(order(Ways.MD5), 101).with(name, ""))
                .answers(Ways.MD5.words(), "APPLIED");
    }

    @Test
    void paytime_leftOut_isTheArrivalAndWrongIsMalformed() {
        String no = order(Ways.MD5);
        for (String time : new String[] {"20250601", "2025-06-01 12:00:05", "20250631120005", "20250601250005"}) {
            unchanged(Ways.MD5, no, AllinpayCallback.payment(no, 101).with("paytime", time), "MALFORMED")
                    .detail("paytime");
        }
        Instant before = Instant.now().minusSeconds(1);
        post(Ways.MD5, AllinpayCallback.payment(no, 101).without("paytime").without("acct"))
                .answers(Ways.MD5.words(), "APPLIED");
        Instant paidAt = ((Timestamp) row(Ways.MD5, no).get("paid_at")).toInstant();
        assertEquals(
                true, paidAt.isAfter(before) && paidAt.isBefore(Instant.now().plusSeconds(1)));
        assertEquals(null, row(Ways.MD5, no).get("payer"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "note=%ff",
                "note=%E6%A1",
                "note=%00",
                "note=%c0%80",
                "note=%ed%a0%80",
                "no%00te=1",
                "note=\u0000"
            })
    void text_thatIsNoUtf8_orHasNul_isMalformed(String sent) {
        String no = order(Ways.MD5);
        unchanged(Ways.MD5, no, AllinpayCallback.payment(no, 101).written("note", "x", sent), "MALFORMED");
    }

    @Test
    void queryString_isNoPartOfANotice() {
        String no = order(Ways.MD5);
        AllinpayCallback payment = AllinpayCallback.payment(no, 101);
        Exchange.of(shop, "allinpay", () -> payment.request(shop.pay("allinpay"))
                        .withQuery("cusorderid=x&sign=x&a=%zz")
                        .sendRaw())
                .answers(Ways.MD5.words(), "APPLIED")
                .column("body", payment.body());
        Exchange.of(shop, "allinpay", () -> payment.request(shop.pay("allinpay?" + payment.body()))
                        .withMethod("POST")
                        .send())
                .answers(Ways.MD5.words(), "DUPLICATE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "text/plain",
                "application/json",
                "multipart/form-data; boundary=x",
                "application/x-www-form-urlencoded; charset=GBK"
            })
    void contentType_whateverItSays_theBytesAreTheNotice(String contentType) {
        AllinpayCallback payment = AllinpayCallback.payment(order(Ways.MD5), 101);
        Exchange.post(shop, "allinpay", payment.body(), "Content-Type", contentType)
                .answers(Ways.MD5.words(), "APPLIED")
                .column("body", payment.body());
    }
}
