package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Aggregators;
import paynotify.kit.Answer;
import paynotify.kit.CcbCallback;
import paynotify.kit.Database;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Postgres;
import paynotify.kit.RawHttp;
import paynotify.kit.Request;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;

/** Query strings that Tomcat itself refuses, and what a shop sets on its connector to get them; and long ones. */
@OnBothTomcats
class QueryCharsIT {
    private static final String CHARS = "{}|\"<>[\\]^`";
    private static final int MAX_BYTES = 1024;

    private final Shop shop;
    private final TomcatVersion version;

    QueryCharsIT(TomcatVersion version) {
        this.version = version;
        shop = Shop.shared(version);
    }

    private static CcbCallback withChars(Shop at, String chars) {
        return CcbCallback.payment(at.order(Aggregators.CCB_MCH_ID, 101), 101)
                .written("REMARK3", chars, "REMARK3=" + chars);
    }

    @ParameterizedTest
    @ValueSource(strings = {"{", "}", "|", "\"", "<", ">", "[", "\\", "]", "^", "`", "a b", "\u00e9", "\u0001"})
    void chars_thatNoUrlMayHave_areRefusedByTomcatAndLeaveNoRow(String chars) {
        long before = shop.lastLogId();
        CcbCallback callback = withChars(shop, chars);
        Answer answer = callback.request(shop.pay("ccb")).sendRaw();
        assertEquals(400, answer.status());
        assertEquals(before, shop.lastLogId());
        assertEquals(
                "PENDING",
                shop.orderRow(Aggregators.CCB_MCH_ID, callback.value("ORDERID")).get("status"));
    }

    @Test
    void connector_withRelaxedQueryChars_letsThemThroughAndLongOnesAreTooLarge() {
        try (Shop relaxed = relaxed()) {
            CcbCallback callback = withChars(relaxed, CHARS);
            Exchange.of(relaxed, "ccb", () -> callback.request(relaxed.pay("ccb"))
                            .sendRaw())
                    .answers(CcbIT.Ways.GET.words(), "APPLIED")
                    .column("body", callback.query());
            for (CcbIT.Ways way : CcbIT.Ways.values()) {
                CcbCallback most = padded(relaxed, way, MAX_BYTES);
                Exchange.of(relaxed, way.account(), () -> most.send(relaxed.pay(way.account())))
                        .answers(way.words(), "APPLIED")
                        .column("body", most.query());
                CcbCallback more = padded(relaxed, way, MAX_BYTES + 1);
                Exchange.of(relaxed, way.account(), () -> more.send(relaxed.pay(way.account())))
                        .answers(way.words(), "TOO_LARGE")
                        .column("channel", "ccb")
                        .column("body", more.query().substring(0, MAX_BYTES))
                        .detail(Integer.toString(MAX_BYTES));
            }
            Request form = FormIT.Ways.MD5_BY_GET
                    .payment("x", 101)
                    .with("note", "x".repeat(MAX_BYTES))
                    .request(relaxed.pay("formmd5"));
            Exchange.of(relaxed, "formmd5", form::send)
                    .answers(FormIT.Ways.MD5.words(), "TOO_LARGE")
                    .column("body", form.query().substring(0, MAX_BYTES));
        }
    }

    /** Over Tomcat's own limit of a request's head. */
    @Test
    void query_overTomcatsLimit_isRefusedByTomcatAndLeavesNoRow() {
        long before = shop.lastLogId();
        String head = "GET /notify/pay/ccb?x=" + "x".repeat(9000) + " HTTP/1.1";
        Answer answer = RawHttp.exchange(shop.tomcat().port(), head, new byte[0]);
        assertEquals(400, answer.status());
        assertEquals(before, shop.lastLogId());
    }

    private Shop relaxed() {
        Database database = Postgres.shared().newDatabase();
        return Shop.of(
                Shop.tomcat(version, database, "body.max-bytes = " + MAX_BYTES + "\n")
                        .connector("relaxedQueryChars", CHARS)
                        .start(),
                "notify",
                database);
    }

    private static CcbCallback padded(Shop at, CcbIT.Ways way, int bytes) {
        CcbCallback callback = way.payment(at.order(way.mchId(), 101), 101).with("REMARK3", "x");
        return callback.with("REMARK3", "x".repeat(bytes - callback.query().length() + 1));
    }
}
