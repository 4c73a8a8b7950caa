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
import paynotify.kit.LakalaCallback;
import paynotify.kit.Notice;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;

/** Lakala's notices: JSON of two forms, signed in the Authorization header. */
@OnBothTomcats
class LakalaIT extends SenderCases {
    private static final String SCHEME = "LKLAPI-SHA256withRSA ";

    /** The two forms of the message. */
    enum Ways implements SenderUnderTest {
        SCAN,
        CASHIER;

        @Override
        public String account() {
            return "lakala";
        }

        @Override
        public String channel() {
            return "lakala";
        }

        @Override
        public String mchId() {
            return Aggregators.LAKALA_MCH_ID;
        }

        @Override
        public Words words() {
            return Words.JSON;
        }

        @Override
        public LakalaCallback payment(String outTradeNo, long fen) {
            return this == SCAN ? LakalaCallback.payment(outTradeNo, fen) : LakalaCallback.cashier(outTradeNo, fen);
        }

        @Override
        public String transactionId(String outTradeNo) {
            return LakalaCallback.tradeNo(outTradeNo);
        }

        @Override
        public Instant paidAt() {
            return this == SCAN ? Instant.parse("2025-06-01T04:00:05Z") : null;
        }

        @Override
        public String payer() {
            return this == SCAN ? "oSub8uMuAJO_M2pxb1Q9zNjWeS6o" : null;
        }

        @Override
        public String headers(Notice notice) {
            return "Authorization: " + ((LakalaCallback) notice).authorization();
        }

        @Override
        public List<String> needed() {
            return this == SCAN
                    ? List.of("out_trade_no", "total_amount", "trade_no", "merchant_no")
                    : List.of("out_order_no", "total_amount", "pay_order_no", "merchant_no", "order_status");
        }

        @Override
        public String formField() {
            return this == CASHIER ? "out_order_no" : null;
        }

        @Override
        public Notice unpaid(Notice notice) {
            return this == SCAN
                    ? notice.with("trade_status", "FAIL").with("trade_state", "FAIL")
                    : ((LakalaCallback) notice).json("order_status", "1");
        }

        @Override
        public String statusField() {
            return this == SCAN ? "trade_status" : "order_status";
        }

        @Override
        public List<Notice> ofOthers(String outTradeNo, long fen) {
            return List.of(payment(outTradeNo, fen).with("merchant_no", "822000000000002"));
        }

        @Override
        public String otherKey() {
            return Aggregators.FORM_SHA256_PRIVATE_KEY;
        }

        @Override
        public List<String> noSignatures() {
            return List.of(
                    "", "x", "0", "AAAA", "=", " ", "A".repeat(342) + "==", "WECHATPAY/SIGNTEST/" + "A".repeat(336));
        }

        @Override
        public boolean readBeforeVerified() {
            return true;
        }
    }

    LakalaIT(TomcatVersion version) {
        super(Shop.shared(version));
    }

    static SenderUnderTest[] ways() {
        return Ways.values();
    }

    @ParameterizedTest
    @CsvSource({
        "lakala, ORD20250601120000012, APPLIED",
        "lakala-spaces, ORD20250601120000013, APPLIED",
        "lakala-tampered, ORD20250601120000012, BAD_SIGNATURE"
    })
    void vector_posted_getsItsOutcome(String folder, String no, String outcome) throws Exception {
        shop.database().execute("delete from payment_order where out_trade_no = ?", no);
        // Samples of several orders bear one transaction's number, and one transaction pays one order.
        shop.database().execute("delete from payment_log where mch_id = ?", Aggregators.LAKALA_MCH_ID);
        shop.database()
                .execute(
                        "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, 101)",
                        Aggregators.LAKALA_MCH_ID,
                        no);
        Path vector = Path.of("src/test/resources/vectors", folder);
        byte[] body = Files.readAllBytes(vector.resolve("body.json"));
        String authorization = Files.readString(vector.resolve("authorization.txt"));
        Exchange.post(shop, "lakala", body, "Content-Type", "application/json", "Authorization", authorization)
                .answersJson(outcome)
                .column("headers", "Authorization: " + authorization)
                .column("body", new String(body, StandardCharsets.UTF_8));
        assertEquals(
                outcome.equals("APPLIED") ? "PAID" : "PENDING",
                row(Ways.SCAN, no).get("status"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SCHEME + "timestamp=\"%1$s\", nonce_str=\"%2$s\", signature=\"%3$s\"",
                SCHEME + "  timestamp=\"%1$s\" ,\tnonce_str=\"%2$s\" , signature=\"%3$s\"",
                SCHEME + "signature=\"%3$s\",nonce_str=\"%2$s\",timestamp=\"%1$s\""
            })
    void header_withBlanksOrInAnotherOrder_isTaken(String header) {
        for (Ways way : Ways.values()) {
            LakalaCallback payment = way.payment(order(way), 101).header(header);
            post(way, payment).answersJson("APPLIED").column("headers", way.headers(payment));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                SCHEME,
                "LKLAPI-SHA256withRSA",
                "timestamp=\"%1$s\",nonce_str=\"%2$s\",signature=\"%3$s\"",
                "Bearer timestamp=\"%1$s\",nonce_str=\"%2$s\",signature=\"%3$s\"",
                "LKLAPI-MD5withRSA timestamp=\"%1$s\",nonce_str=\"%2$s\",signature=\"%3$s\"",
                SCHEME + "nonce_str=\"%2$s\",signature=\"%3$s\"",
                SCHEME + "timestamp=\"%1$s\",signature=\"%3$s\"",
                SCHEME + "timestamp=\"%1$s\",nonce_str=\"%2$s\"",
                SCHEME + "timestamp=\"%1$s\",nonce_str=\"%2$s\",signature=\"\"",
                SCHEME + "timestamp=\"%1$s\",timestamp=\"%1$s\",nonce_str=\"%2$s\",signature=\"%3$s\"",
                SCHEME + "timestamp=\"%1$s\",nonce_str=\"%2$s\",nonce_str=\"%2$s\",signature=\"%3$s\"",
                SCHEME + "timestamp=\"%1$s\",nonce_str=\"%2$s\",signature=\"AAAA\",signature=\"%3$s\"",
                SCHEME + "timestamp=\"%1$s\",nonce_str=\"%2$s\",signature=\"%3$s\",signature=\"AAAA\"",
                SCHEME + "timestamp=\"%1$s\"nonce_str=\"%2$s\"signature=\"%3$s\"",
                SCHEME + "timestamp=\"%1$s\",nonce_str=\"%2$s\",signature=\"%3$s",
                SCHEME + "timestamp=\"1%1$s\",nonce_str=\"%2$s\",signature=\"%3$s\"",
                SCHEME + "timestamp=\"%1$s\",nonce_str=\"%2$sx\",signature=\"%3$s\"",
                SCHEME + "timestamp=\"%1$s\",nonce_str=\"%2$s \",signature=\"%3$s\"",
                SCHEME + "timestamp=\"%1$s\",nonce_str=\"%2$s\",signature=\"!%3$s\""
            })
    void header_inAnyOtherForm_isBadSignature(String header) {
        for (Ways way : Ways.values()) {
            String no = order(way);
            LakalaCallback payment = way.payment(no, 101).header(header);
            unchanged(way, no, payment, "BAD_SIGNATURE").column("channel", "lakala");
        }
    }

    @Test
    void header_doubled_isBadSignature() {
        String no = order(Ways.SCAN);
        LakalaCallback payment = Ways.SCAN.payment(no, 101);
        Exchange.post(
                        shop,
                        "lakala",
                        payment.body(),
                        "Authorization",
                        "Basic eDp5",
                        "Authorization",
                        payment.authorization())
                .answersJson("BAD_SIGNATURE");
        assertEquals("PENDING", row(Ways.SCAN, no).get("status"));
    }

    @ParameterizedTest
    @ValueSource(longs = {0, 1_748_750_406, 99_999_999_999L})
    void timestamp_ofAnyTime_isTaken(long timestamp) {
        post(Ways.SCAN, Ways.SCAN.payment(order(Ways.SCAN), 101).timestamp(timestamp))
                .answersJson("APPLIED");
    }

    @ParameterizedTest
    @EnumSource(Ways.class)
    void body_changedByAByte_isBadSignature(Ways way) {
        String no = order(way);
        LakalaCallback payment = way.payment(no, 101);
        for (String body : new String[] {payment.body() + " ", payment.body() + "\n", " " + payment.body()}) {
            Exchange.post(shop, "lakala", body, "Authorization", payment.authorization())
                    .answersJson("BAD_SIGNATURE");
        }
        Exchange.post(shop, "lakala", "", "Authorization", payment.authorization())
                .answersJson("MALFORMED");
        assertEquals("PENDING", row(way, no).get("status"));
        post(way, way.payment(no, 101).suffix("\n ")).answersJson("APPLIED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"x", "{}", "[]", "1", "\u0000", ","})
    void body_thatIsNoSingleObject_isMalformed(String suffix) {
        String no = order(Ways.SCAN);
        unchanged(Ways.SCAN, no, Ways.SCAN.payment(no, 101).suffix(suffix), "MALFORMED");
    }

    @ParameterizedTest
    @CsvSource({
        "SUCCESS,,APPLIED",
        ",SUCCESS,APPLIED",
        "SUCCESS,'',APPLIED",
        "'',SUCCESS,APPLIED",
        "SUCCESS,FAIL,MALFORMED",
        "FAIL,SUCCESS,MALFORMED",
        "SUCCESS,success,MALFORMED",
        ",,MALFORMED",
        "FAIL,,NOT_PAID",
        ",DEAL,NOT_PAID",
        "success,success,NOT_PAID",
        "INIT,INIT,NOT_PAID",
        "CREATE,CREATE,NOT_PAID",
        "UNKNOWN,UNKNOWN,NOT_PAID",
        "CLOSE,CLOSE,NOT_PAID",
        "REVOKED,REVOKED,NOT_PAID"
    })
    void status_ofEitherName_decides(String status, String state, String outcome) {
        String no = order(Ways.SCAN);
        LakalaCallback payment =
                Ways.SCAN.payment(no, 101).without("trade_status").without("trade_state");
        if (status != null) {
            payment.with("trade_status", status);
        }
        if (state != null) {
            payment.with("trade_state", state);
        }
        post(Ways.SCAN, payment).answersJson(outcome);
        assertEquals(
                outcome.equals("APPLIED") ? "PAID" : "PENDING",
                row(Ways.SCAN, no).get("status"));
    }

    @ParameterizedTest
    @CsvSource({
        "2,APPLIED",
        "'\"2\"',APPLIED",
        "0,NOT_PAID",
        "'\"3\"',NOT_PAID",
        "6,NOT_PAID",
        "22,NOT_PAID",
        "2.0,MALFORMED",
        "2e0,MALFORMED",
        "true,MALFORMED",
        "null,MALFORMED",
        "[2],MALFORMED",
        "{},MALFORMED"
    })
    void orderStatus_ofTheCashier_mayBeTextOrNumber(String json, String outcome) {
        String no = order(Ways.CASHIER);
        post(Ways.CASHIER, LakalaCallback.cashier(no, 101).json("order_status", json))
                .answersJson(outcome);
        assertEquals(
                outcome.equals("APPLIED") ? "PAID" : "PENDING",
                row(Ways.CASHIER, no).get("status"));
    }

    @ParameterizedTest
    @CsvSource({
        "101,APPLIED",
        "'\"101\"',APPLIED",
        "101.0,MALFORMED",
        "1.01e2,MALFORMED",
        "-101,MALFORMED",
        "0101,MALFORMED",
        "true,MALFORMED",
        "null,MALFORMED",
        "[101],MALFORMED",
        "100,AMOUNT_MISMATCH"
    })
    void amount_inEitherForm_mayBeTextOrNumber(String json, String outcome) {
        for (Ways way : Ways.values()) {
            String no = order(way);
            post(way, way.payment(no, 101).json("total_amount", json)).answersJson(outcome);
            assertEquals(
                    outcome.equals("APPLIED") ? "PAID" : "PENDING", row(way, no).get("status"));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"REFUND", "CANCEL"})
    void tradeType_ofNoPayment_isIgnored(String type) {
        String no = order(Ways.CASHIER);
        unchanged(
                        Ways.CASHIER,
                        no,
                        LakalaCallback.cashier(no, 101).json("order_trade_info", LakalaCallback.tradeInfo(type)),
                        "IGNORED")
                .column("event", null)
                .detail(type);
        unchanged(Ways.SCAN, no, LakalaCallback.payment(no, 101).with("trade_type", type), "IGNORED")
                .column("event", null);
        unchanged(
                Ways.CASHIER,
                no,
                LakalaCallback.cashier(no, 101)
                        .json("order_trade_info", LakalaCallback.tradeInfo(type))
                        .with("merchant_no", "1"),
                "WRONG_MERCHANT");
    }

    @Test
    void tradeInfo_ofTheCashier_needNotBe() {
        post(Ways.CASHIER, LakalaCallback.cashier(order(Ways.CASHIER), 101).without("order_trade_info"))
                .answersJson("APPLIED");
    }

    @Test
    void payer_isTheShopsOwnOrTheProviders() {
        for (String first : new String[] {null, ""}) {
            String no = order(Ways.SCAN);
            LakalaCallback payment = LakalaCallback.payment(no, 101);
            post(Ways.SCAN, first == null ? payment.without("user_id1") : payment.with("user_id1", first))
                    .answersJson("APPLIED");
            assertEquals("oUpF8uMuAJO_M2pxb1Q9zNjWeS6o", row(Ways.SCAN, no).get("payer"));
        }
        String no = order(Ways.SCAN);
        post(Ways.SCAN, LakalaCallback.payment(no, 101).without("user_id1").without("user_id2"))
                .answersJson("APPLIED");
        assertEquals(null, row(Ways.SCAN, no).get("payer"));
    }

    @Test
    void tradeTime_leftOut_isTheArrivalAndWrongIsMalformed() {
        String no = order(Ways.SCAN);
        for (String time : new String[] {"20250601", "2025-06-01 12:00:05", "20250631120005", "x"}) {
            unchanged(Ways.SCAN, no, LakalaCallback.payment(no, 101).with("trade_time", time), "MALFORMED")
                    .detail("trade_time");
        }
        Instant before = Instant.now().minusSeconds(1);
        post(Ways.SCAN, LakalaCallback.payment(no, 101).without("trade_time")).answersJson("APPLIED");
        Instant paidAt = ((Timestamp) row(Ways.SCAN, no).get("paid_at")).toInstant();
        assertEquals(
                true, paidAt.isAfter(before) && paidAt.isBefore(Instant.now().plusSeconds(1)));
    }

    @Test
    void bothForms_inOneNotice_openNoWayAroundEachOther() {
        String no = order(Ways.SCAN);
        // Signed by Lakala it will never come; if it does, nobody can say which of the two is meant.
        LakalaCallback both = LakalaCallback.payment(no, 101)
                .with("trade_status", "FAIL")
                .with("trade_state", "FAIL")
                .with("out_order_no", no)
                .with("pay_order_no", "1")
                .with("order_status", "2");
        Exchange.of(shop, "lakala", () -> both.send(shop.pay("lakala")));
        assertEquals("PENDING", row(Ways.SCAN, no).get("status"));
    }
}
