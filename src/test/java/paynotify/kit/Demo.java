package paynotify.kit;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What {@link Run} and {@link Send} share: the merchants, their orders, and how an exchange is shown. */
final class Demo {
    static final String MCH_ID = Shop.MCH_ID;
    static final String API_KEY = Shop.KEY;
    static final String PUBLIC_KEY_ID = Shop.PUBLIC_KEY_ID;
    static final String PRIVATE_KEY = Shop.key("wechat_pubkey_mode_private.pem");
    /** The merchant numbers at all senders; each merchant has all of the orders. */
    static final List<String> MCH_IDS = List.of(
            MCH_ID,
            Aggregators.CCB_MCH_ID,
            Aggregators.ALLINPAY_MCH_ID,
            Aggregators.LAKALA_MCH_ID,
            Aggregators.FORM_MCH_ID);

    static final int HTTP_PORT = 8080;
    static final int DB_PORT = 54329;
    /** Order numbers and amounts in fen. */
    static final Map<String, Long> ORDERS =
            new TreeMap<>(Map.of("DEMO-1", 101L, "DEMO-2", 2590L, "DEMO-3", 8800L, "DEMO-4", 19900L, "DEMO-5", 1L));

    /** The order whose callback gets lost, and its amount. */
    static final String LOST = "DEMO-LOST";

    static final long LOST_FEE = 5600;

    private Demo() {}

    static URI pay(int httpPort, String account) {
        return URI.create("http://127.0.0.1:" + httpPort + "/notify/pay/" + account);
    }

    /** An account for each sender, named as its channel. */
    static String accounts() {
        return """
                account.wechat.channel = wechat
                account.wechat.mch-id = %s
                account.wechat.api-key = %s
                account.wechat.api-v3-key = %s
                account.wechat.public-key.%s = pub_key.pem
                account.wechat.inquiry = v3
                account.wechat.merchant-key = apiclient_key.pem
                account.wechat.merchant-serial = %s
                account.ccb.channel = ccb
                account.ccb.mch-id = %s
                account.ccb.public-key = %s
                account.allinpay.channel = allinpay
                account.allinpay.mch-id = %s
                account.allinpay.md5-key = %s
                account.allinpay.public-key = %s
                account.lakala.channel = lakala
                account.lakala.mch-id = %s
                account.lakala.public-key = lakala_cert.pem
                account.form.channel = form
                account.form.mch-id = %s
                account.form.sign.rule = md5
                account.form.sign.key = %s
                account.form.sign.field = sign
                account.form.sign.skip = sign_type
                account.form.field.out_trade_no = order_id
                account.form.field.transaction_id = trade_no
                account.form.field.total_fee = amount
                account.form.amount.unit = yuan
                account.form.field.status = payment_status
                account.form.paid = SUCCESS
                account.form.answer.success = success
                account.form.answer.failure = fail
                """.formatted(
                        MCH_ID,
                        API_KEY,
                        Shop.V3_KEY,
                        PUBLIC_KEY_ID,
                        Wechat.MERCHANT_SERIAL,
                        Aggregators.CCB_MCH_ID,
                        Shop.key("ccb_public.hex"),
                        Aggregators.ALLINPAY_MCH_ID,
                        Aggregators.ALLINPAY_MD5_KEY,
                        Shop.key("allinpay_public.b64"),
                        Aggregators.LAKALA_MCH_ID,
                        Aggregators.FORM_MCH_ID,
                        Aggregators.FORM_MD5_KEY);
    }

    /** @throws IllegalArgumentException with a message for people */
    static int port(String property, int normal) {
        String value = Options.text(property, Integer.toString(normal));
        if (!value.matches("\\d{1,5}") || Integer.parseInt(value) < 1 || Integer.parseInt(value) > 65_535) {
            throw new IllegalArgumentException("-D" + property + ": expected a port from 1 to 65535, found " + value);
        }
        return Integer.parseInt(value);
    }

    static void show(String title, String text) {
        System.out.println(title + "\n\n" + text.stripTrailing().indent(4));
    }

    static String shown(Answer answer) {
        return "HTTP " + answer.status() + "\nContent-Type: " + answer.header("Content-Type") + "\n\n"
                + new String(answer.body(), StandardCharsets.UTF_8);
    }

    /**
     * The JVM is Maven's: a stack trace or a failed goal would say no more than this line. Does not return: what is done at
     * exit needs this class's loader, which Maven closes when the main method is over.
     */
    static void fail(String message) {
        System.out.flush();
        if (!Kit.isExiting()) {
            System.err.println(message);
        }
        System.exit(1);
    }
}
