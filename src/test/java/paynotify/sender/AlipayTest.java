package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static paynotify.sender.Accounts.assertNothing;
import static paynotify.sender.Accounts.callback;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Aggregators;
import paynotify.kit.FormCallback;

/** Alipay's notices are read by an account of channel form, described as in tomcat-conf/notify.properties. */
class AlipayTest {
    private static final Charset GBK = Charset.forName("GBK");

    /** The example as it stands there, but for the key and what is given here. */
    private static Sender alipay(String... more) throws IOException {
        List<String> lines = new ArrayList<>(List.of(more));
        for (String line : Files.readAllLines(Path.of("tomcat-conf/notify.properties"))) {
            String key = line.replaceFirst("^#account\\.alipay\\.", "").split("[ =]", 2)[0];
            if (line.startsWith("#account.alipay.") && lines.stream().noneMatch(each -> each.startsWith(key + " "))) {
                lines.add(line.replaceFirst("^#account\\.alipay\\.", ""));
            }
        }
        lines.removeIf(line -> line.matches("(channel|mch-id|sign\\.key) .*"));
        lines.add("mch-id = " + Aggregators.ALIPAY_MCH_ID);
        lines.add("sign.key = $vectors/keys/wechat_pubkey_mode_public.pem");
        return Accounts.of("form", lines.toArray(String[]::new));
    }

    private static Payment paid(Sender sender, FormCallback notice) {
        Payment payment = assertInstanceOf(
                Payment.class, sender.find(callback(notice.form())).get(0));
        assertEquals(
                new Trade(Aggregators.ALIPAY_MCH_ID, null, "A-1", Aggregators.formTransactionId("A-1"), 101),
                payment.trade());
        return payment;
    }

    private static FormCallback notice() {
        return Aggregators.alipay("A-1", 101, UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"TRADE_SUCCESS", "TRADE_FINISHED"})
    void find_paid_isItsPayment(String status) throws IOException {
        paid(alipay(), notice().with("trade_status", status));
    }

    /** The same trade and amount as before: the store finds it paid already. */
    @Test
    void find_partialRefund_isTheSamePaymentAgain() throws IOException {
        Payment first = paid(alipay(), notice());
        Payment again = paid(alipay(), Aggregators.partlyRefunded(notice()));
        assertEquals(first.trade(), again.trade());
        assertEquals(first.currency(), again.currency());
    }

    @ParameterizedTest
    @ValueSource(strings = {"WAIT_BUYER_PAY", "TRADE_CLOSED", "trade_success", "TRADE_SUCCESS,TRADE_FINISHED"})
    void find_otherStatus_isNotPaid(String status) throws IOException {
        assertNothing(
                Outcome.NOT_PAID,
                alipay().find(callback(notice().with("trade_status", status).form()))
                        .get(0));
    }

    @Test
    void find_otherSeller_isWrongMerchant() throws IOException {
        assertNothing(
                Outcome.WRONG_MERCHANT,
                alipay().find(callback(
                                notice().with("seller_id", "2088000000000001").form()))
                        .get(0));
        assertNothing(
                Outcome.MALFORMED,
                alipay().find(callback(notice().without("seller_id").form())).get(0));
    }

    @Test
    void find_signTypeIsNotSigned_andEverythingElseIs() throws IOException {
        paid(alipay(), notice().tamper("sign_type", "RSA"));
        for (String name : List.of("total_amount", "out_trade_no", "trade_status", "subject", "charset", "notify_id")) {
            assertNothing(
                    Outcome.BAD_SIGNATURE,
                    alipay().find(callback(notice().tamper(name, "1").form())).get(0));
        }
    }

    @Test
    void find_textInGbk_isReadWhereTheAccountSaysSo() throws IOException {
        FormCallback gbk = Aggregators.alipay("A-1", 101, GBK).with("body", "订单：猪脚饭×1");
        paid(alipay("charset = GBK"), gbk);
        // 桌 is D7 C0 in GBK, which is no UTF-8; the other way round, the same bytes are another text, and signed as
        // such.
        assertNothing(Outcome.MALFORMED, alipay().find(callback(gbk.form())).get(0));
        assertNothing(
                Outcome.BAD_SIGNATURE,
                alipay("charset = GBK")
                        .find(callback(gbk.tamper("subject", "桌号 9").form()))
                        .get(0));
        assertNothing(
                Outcome.MALFORMED,
                alipay("charset = GBK")
                        .find(callback(Aggregators.alipay("A-1", 101, GBK)
                                .written("note", "x", "note=%D7")
                                .form()))
                        .get(0));
    }

    @Test
    void find_orderNumberInChinese_isTheSameInBothCharsets() throws IOException {
        for (Charset charset : List.of(UTF_8, GBK)) {
            FormCallback notice = Aggregators.alipay("订单-1", 101, charset);
            Payment payment = assertInstanceOf(
                    Payment.class,
                    alipay("charset = " + charset.name())
                            .find(callback(notice.form()))
                            .get(0));
            assertEquals("订单-1", payment.trade().outTradeNo());
        }
    }
}
