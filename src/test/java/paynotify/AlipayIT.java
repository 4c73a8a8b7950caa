package paynotify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.charset.Charset;
import java.util.Map;
import org.junit.jupiter.api.Test;
import paynotify.kit.Aggregators;
import paynotify.kit.FormCallback;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;

/** Alipay, described in the configuration (channel form): RSA2, pairs in GBK, and the same notice for each refund. */
@OnBothTomcats
class AlipayIT {
    private static final Charset GBK = Charset.forName("GBK");
    private static final Words WORDS = Words.text("success", "fail");

    private final Shop shop;

    AlipayIT(TomcatVersion version) {
        this.shop = Shop.shared(version);
    }

    private Exchange post(FormCallback notice) {
        return Exchange.of(
                shop, "alipay", () -> notice.request(shop.pay("alipay")).send());
    }

    private Map<String, Object> order(String no) {
        return shop.orderRow(Aggregators.ALIPAY_MCH_ID, no);
    }

    @Test
    void payment_inGbk_thenAPartialRefund_thenFinished_isBookedOnce() {
        String no = shop.order(Aggregators.ALIPAY_MCH_ID, 101);
        FormCallback notice = Aggregators.alipay(no, 101, GBK);
        post(notice).answers(WORDS, "APPLIED").column("total_fee", 101L).column("out_trade_no", no);
        Map<String, Object> paid = order(no);
        assertEquals("PAID", paid.get("status"));
        assertEquals(Aggregators.formTransactionId(no), paid.get("transaction_id"));
        post(Aggregators.partlyRefunded(notice)).answers(WORDS, "DUPLICATE");
        post(notice.with("trade_status", "TRADE_FINISHED")).answers(WORDS, "DUPLICATE");
        assertEquals(paid, order(no));
    }

    @Test
    void finishedAlone_isAPayment_andClosedIsNone() {
        String no = shop.order(Aggregators.ALIPAY_MCH_ID, 101);
        FormCallback notice = Aggregators.alipay(no, 101, GBK);
        post(notice.with("trade_status", "TRADE_CLOSED")).answers(WORDS, "NOT_PAID");
        assertEquals("PENDING", order(no).get("status"));
        post(notice.with("trade_status", "TRADE_FINISHED")).answers(WORDS, "APPLIED");
        assertEquals("PAID", order(no).get("status"));
    }

    @Test
    void payment_inTheOtherCharset_isRefused() {
        String no = shop.order(Aggregators.ALIPAY_MCH_ID, 101);
        // 桌号 in UTF-8 is valid in GBK by chance, but other characters: then the signature decides.
        post(Aggregators.alipay(no, 101, UTF_8).with("subject", "桌")).answers(WORDS, "MALFORMED");
        assertEquals("PENDING", order(no).get("status"));
    }
}
