package paynotify;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import paynotify.kit.PairsNotice;
import paynotify.kit.Request;
import paynotify.kit.Shop;

/** What holds besides for senders of name=value pairs: how they may be written, and how many there may be. */
abstract class PairsCases extends SenderCases {
    private static final int PAIRS_MAX = 256;
    private static final int NAME_BYTES_MAX = 128;

    PairsCases(Shop shop) {
        super(shop);
    }

    private PairsNotice payment(SenderUnderTest way, String no) {
        return (PairsNotice) way.payment(no, 101);
    }

    /** Through a socket: what a client would mend is sent as it is. */
    private Exchange raw(SenderUnderTest way, PairsNotice notice, String outcome) {
        Request request = notice.request(shop.pay(way.account()));
        return Exchange.of(shop, way.account(), request::sendRaw)
                .answers(way.words(), outcome)
                .column("body", request.data());
    }

    @ParameterizedTest
    @MethodSource("ways")
    void escapes_inEitherCase_andEmptyPairs_areRead(SenderUnderTest way) {
        String no = order(way);
        PairsNotice payment = payment(way, no)
                .written("note", "桌", "note=%e6%A1%8c")
                .written("", "", "")
                .written("note2", "a b+c", "%6eote2=a+b%2bc")
                .written("", "", "");
        raw(way, payment, "APPLIED").logs(columns(way, payment, no, 101));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void escapes_thatAreNone_areMalformed(SenderUnderTest way) {
        String no = order(way);
        for (String value : new String[] {"%zz", "%4", "%", "%%41", "%-1", "% 1", "%u6841", "%4g"}) {
            if (way.inBody() || !value.contains(" ")) {
                raw(way, payment(way, no).written("note", value, "note=" + value), "MALFORMED")
                        .logs(unreadable(way, payment(way, no).written("note", value, "note=" + value)));
            }
        }
        raw(way, payment(way, no).written("%zz", "1", "%zz=1"), "MALFORMED");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void value_withAnEqualsSign_keepsIt(SenderUnderTest way) {
        raw(way, payment(way, order(way)).written("note", "a=b==", "note=a=b=="), "APPLIED");
    }

    /** What is signed is one text: who may write separators into a name may cut it in other places. */
    @ParameterizedTest
    @MethodSource("ways")
    void name_thatHoldsASeparator_isMalformed(SenderUnderTest way) {
        String no = order(way);
        for (String name : new String[] {"a=b", "a&b", "=", "&", "a=", "new_field=1&new_field2"}) {
            raw(way, payment(way, no).with(name, "1"), "MALFORMED");
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void pairs_upToTheLimit_areRead(SenderUnderTest way) {
        PairsNotice payment = payment(way, order(way));
        for (int i = pairs(way, payment); i < PAIRS_MAX; i++) {
            payment.with("x" + i, "1");
        }
        raw(way, payment, "APPLIED");
        raw(way, payment.with("more", "1"), "MALFORMED");
        String longest = "n".repeat(NAME_BYTES_MAX);
        raw(way, payment(way, order(way)).with(longest, "1"), "APPLIED");
        raw(way, payment(way, order(way)).with(longest + "n", "1"), "MALFORMED");
    }

    private int pairs(SenderUnderTest way, PairsNotice payment) {
        return payment.request(shop.pay(way.account())).data().split("&").length;
    }

    private Map<String, Object> unreadable(SenderUnderTest way, PairsNotice notice) {
        Map<String, Object> columns = columns(way, notice, "", 0);
        for (String column :
                new String[] {"event", "out_trade_no", "mch_id", "transaction_id", "total_fee", "currency"}) {
            columns.put(column, null);
        }
        return columns;
    }
}
