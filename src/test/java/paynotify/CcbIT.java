package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Aggregators;
import paynotify.kit.CcbCallback;
import paynotify.kit.Http;
import paynotify.kit.Notice;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;

/** The China Construction Bank's notices: a query string, signed as it stands. */
@OnBothTomcats
class CcbIT extends PairsCases {

    /** By GET and by POST; the account's key in hex, and in PEM with its counters. */
    enum Ways implements SenderUnderTest {
        GET,
        POST,
        PEM;

        @Override
        public String account() {
            return this == PEM ? "ccbpos" : "ccb";
        }

        @Override
        public String channel() {
            return "ccb";
        }

        @Override
        public String mchId() {
            return Aggregators.CCB_MCH_ID;
        }

        @Override
        public Words words() {
            return Words.text("success", "fail");
        }

        @Override
        public CcbCallback payment(String outTradeNo, long fen) {
            CcbCallback callback = CcbCallback.payment(outTradeNo, fen);
            return this == POST ? callback.byPost() : callback;
        }

        @Override
        public String transactionId(String outTradeNo) {
            return null;
        }

        @Override
        public List<String> needed() {
            return List.of("ORDERID", "PAYMENT", "CURCODE", "SUCCESS");
        }

        @Override
        public String amount(long fen) {
            return CcbCallback.yuan(fen);
        }

        @Override
        public List<String> malformedAmounts() {
            return NO_YUAN;
        }

        @Override
        public Map<String, Long> amounts() {
            return YUAN;
        }

        @Override
        public Notice unpaid(Notice notice) {
            return notice.with("SUCCESS", "N");
        }

        @Override
        public String statusField() {
            return "SUCCESS";
        }

        @Override
        public List<Notice> ofOthers(String outTradeNo, long fen) {
            return this != PEM
                    ? List.of()
                    : List.of(
                            payment(outTradeNo, fen).with("POSID", "000000001"),
                            payment(outTradeNo, fen).with("POSID", ""),
                            payment(outTradeNo, fen).without("POSID"));
        }

        @Override
        public String otherKey() {
            return Aggregators.ALLINPAY_PRIVATE_KEY;
        }

        @Override
        public boolean getIsFine() {
            return true;
        }

        @Override
        public boolean inBody() {
            return false;
        }
    }

    CcbIT(TomcatVersion version) {
        super(Shop.shared(version));
    }

    static SenderUnderTest[] ways() {
        return Ways.values();
    }

    private Exchange get(CcbCallback callback) {
        return post(Ways.GET, callback);
    }

    @ParameterizedTest
    @CsvSource({
        "ccb-server, APPLIED",
        "ccb-page, APPLIED",
        "ccb-emptyaccdate, APPLIED",
        "ccb-usrmsg, APPLIED",
        "ccb-fail, NOT_PAID",
        "ccb-tampered, BAD_SIGNATURE"
    })
    void vector_sent_getsItsOutcome(String folder, String outcome) throws Exception {
        String no = "20250601120000007";
        shop.database().execute("delete from payment_order where out_trade_no = ?", no);
        shop.database()
                .execute(
                        "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, 115)",
                        Aggregators.CCB_MCH_ID,
                        no);
        String query = Files.readString(Path.of("src/test/resources/vectors", folder, "query.txt"));
        for (String account : new String[] {"ccb", "ccbpos"}) {
            Exchange.of(shop, account, () -> Http.get(shop.tomcat().uri("/notify/pay/" + account + "?" + query)))
                    .answers(
                            Words.text("success", "fail"),
                            outcome.equals("APPLIED") && account.equals("ccbpos") ? "DUPLICATE" : outcome)
                    .column("body", query);
        }
        assertEquals(
                outcome.equals("APPLIED") ? "PAID" : "PENDING",
                row(Ways.GET, no).get("status"));
    }

    @Test
    void notice_firstOfThePageAndThenOfTheBank_isAppliedOnce() {
        String no = order(Ways.GET);
        get(CcbCallback.payment(no, 101).without("ACC_TYPE").without("ACCDATE")).answers(Ways.GET.words(), "APPLIED");
        get(CcbCallback.payment(no, 101)).answers(Ways.GET.words(), "DUPLICATE");
        post(Ways.POST, CcbCallback.payment(no, 101).byPost()).answers(Ways.GET.words(), "DUPLICATE");
    }

    @Test
    void otherSender_onAnOrderThatTheBankSaysIsPaid_isConflict() {
        String no = order(Ways.GET);
        get(CcbCallback.payment(no, 101)).answers(Ways.GET.words(), "APPLIED");
        shop.database()
                .execute("update payment_order set mch_id = ? where out_trade_no = ?", Aggregators.LAKALA_MCH_ID, no);
        unchanged(LakalaIT.Ways.SCAN, no, LakalaIT.Ways.SCAN.payment(no, 101), "CONFLICT");
    }

    @ParameterizedTest
    @ValueSource(strings = {"344", "02", "1", "001", "CNY", "CN", "0１"})
    void currency_otherThan01_isAmountMismatch(String code) {
        String no = order(Ways.GET);
        unchanged(Ways.GET, no, CcbCallback.payment(no, 101).with("CURCODE", code), "AMOUNT_MISMATCH")
                .detail("01", code);
    }

    @ParameterizedTest
    @ValueSource(strings = {"y", "YES", "1", "true", "F", "Ｙ"})
    void success_otherThanY_isNotPaid(String word) {
        String no = order(Ways.GET);
        unchanged(Ways.GET, no, CcbCallback.payment(no, 101).with("SUCCESS", word), "NOT_PAID");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 5, 12})
    void sign_anywhereInTheQuery_isTakenOut(int place) {
        get(CcbCallback.payment(order(Ways.GET), 101).signAt(place)).answers(Ways.GET.words(), "APPLIED");
    }

    @Test
    void sign_underAnotherName_isNone() {
        String no = order(Ways.GET);
        String query = CcbCallback.payment(no, 101).query();
        String sign = query.substring(query.indexOf("&SIGN=") + 6);
        for (String written : new String[] {"%53IGN=", "sign=", "XSIGN=", "SIGN2=", "SIG%4E="}) {
            Exchange.of(
                            shop,
                            "ccb",
                            () -> Http.get(shop.tomcat().uri("/notify/pay/ccb?" + query.replace("SIGN=", written))))
                    .answers(Ways.GET.words(), "BAD_SIGNATURE");
        }
        for (String other :
                new String[] {"00" + sign, sign + "00", sign.substring(2), sign.substring(1), "0x" + sign}) {
            unchanged(Ways.GET, no, CcbCallback.payment(no, 101).signature(other), "BAD_SIGNATURE");
        }
        get(CcbCallback.payment(no, 101).with("MYSIGN", "1").with("SIGN2", "2")).answers(Ways.GET.words(), "APPLIED");
    }

    @Test
    void sign_inCapitals_isTaken() {
        get(CcbCallback.payment(order(Ways.GET), 101).upperCaseSign()).answers(Ways.GET.words(), "APPLIED");
    }

    @ParameterizedTest
    @EnumSource(Ways.class)
    void parameters_appendedBehindSign_areNotSigned(Ways way) {
        String no = order(way);
        unchanged(way, no, way.payment(no, 101).append("x", "1"), "BAD_SIGNATURE");
        unchanged(way, no, way.payment(no, 101).append("sign", "1"), "BAD_SIGNATURE");
        unchanged(way, no, way.payment(no, 101).append("PAYMENT", "1.01"), "MALFORMED");
        unchanged(
                way,
                no,
                way.payment(no, 101).append("SIGN", way.payment(no, 101).query().replaceAll(".*=", "")),
                "MALFORMED");
    }

    @ParameterizedTest
    @ValueSource(strings = {"orderid", "OrderId"})
    void names_inAnotherCase_areOthers(String name) {
        String no = order(Ways.GET);
        unchanged(Ways.GET, no, CcbCallback.payment(no, 101).without("ORDERID").with(name, no), "MALFORMED");
        get(CcbCallback.payment(no, 101).with(name, "other")).answers(Ways.GET.words(), "APPLIED");
    }

    @Test
    void remark_inGbk_isNoMatter() {
        CcbCallback callback =
                CcbCallback.payment(order(Ways.GET), 101).written("REMARK3", "", "REMARK3=%D7%C0%BA%C5%00%FF");
        get(callback).answers(Ways.GET.words(), "APPLIED").column("body", callback.query());
    }

    @ParameterizedTest
    @ValueSource(strings = {"ORDERID", "PAYMENT", "CURCODE", "SUCCESS", "POSID"})
    void nul_inAnyField_isRefusedAndLeavesARow(String name) {
        String no = order(Ways.GET);
        for (String value : new String[] {"%00", no + "%00", "%ff%00"}) {
            CcbCallback signed = CcbCallback.payment(no, 101).without(name).written(name, value, name + "=" + value);
            Exchange.of(shop, "ccb", () -> signed.send(shop.pay("ccb"))).column("body", signed.query());
            signed.signature("00");
            Exchange.of(shop, "ccb", () -> signed.send(shop.pay("ccb")))
                    .answers(Ways.GET.words(), "BAD_SIGNATURE")
                    .column("body", signed.query());
        }
        // Of a field that nobody asks for, it is no matter.
        assertEquals(
                name.equals("POSID") ? "PAID" : "PENDING", row(Ways.GET, no).get("status"));
        CcbCallback unknown = CcbCallback.payment(order(Ways.GET), 101).written("x%00", "", "x%00=%00");
        get(unknown).answers(Ways.GET.words(), "APPLIED").column("body", unknown.query());
    }

    @Test
    void body_ofAPost_isNoPartOfANotice() {
        String no = order(Ways.GET);
        String query = CcbCallback.payment(no, 101).query();
        byte[] forged = CcbCallback.payment(no, 1).with("ORDERID", "x").query().getBytes(StandardCharsets.UTF_8);
        Exchange.of(
                        shop,
                        "ccb",
                        () -> Http.post(
                                shop.tomcat().uri("/notify/pay/ccb?" + query),
                                forged,
                                "Content-Type",
                                "application/x-www-form-urlencoded"))
                .answers(Ways.GET.words(), "APPLIED")
                .column("out_trade_no", no)
                .column("body", query);
        // Nor does a notice in the body count.
        Exchange.post(shop, "ccb", CcbCallback.payment(order(Ways.GET), 101).query())
                .answers(Ways.GET.words(), "BAD_SIGNATURE")
                .column("body", "");
    }
}
