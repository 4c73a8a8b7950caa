package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** The forms of message that {@link Send} makes, each of them changed by what {@link Options} say. */
enum SendForm {
    WECHAT_V2("wechat", "api-key"),
    WECHAT_V3("wechat", "api-v3-key", "private-key"),
    /** A combined payment (合单支付): -Dout_trade_no lists its orders, with commas. */
    WECHAT_V3_COMBINED("wechat", "api-v3-key", "private-key"),
    CCB("ccb", "private-key"),
    ALLINPAY("allinpay", "md5-key", "private-key"),
    LAKALA("lakala", "private-key"),
    LAKALA_CASHIER("lakala", "private-key"),
    FORM("form", "sign.key"),
    WECHAT_V2_REFUND("wechat", "api-key"),
    WECHAT_V3_REFUND("wechat", "api-v3-key", "private-key");

    /** As -Dchannel has them. */
    static final String WORDS = Arrays.stream(values()).map(SendForm::word).collect(Collectors.joining(", "));

    /** Of WeChat Pay's API v2: what a payment may bear. */
    private static final Set<String> V2_FIELDS = Set.of(
            "appid",
            "attach",
            "bank_type",
            "cash_fee",
            "device_info",
            "err_code",
            "fee_type",
            "mch_id",
            "openid",
            "result_code",
            "return_code",
            "sub_appid",
            "sub_mch_id",
            "sub_openid",
            "time_end",
            "total_fee",
            "trade_type",
            "transaction_id");

    private static final Set<String> V2_REFUND_FIELDS =
            Set.of("refund_id", "refund_status", "settlement_refund_fee", "success_time", "transaction_id");
    private static final Pattern JSON_MEMBER = Pattern.compile("\"(\\w+)\":(\"[^\"]*\"|\\d+)");

    /** The demo's account that takes this form. */
    private final String account;

    /** What signs it. */
    private final Set<String> keys;

    SendForm(String account, String... keys) {
        this.account = account;
        this.keys = Set.of(keys);
    }

    /** @throws IllegalArgumentException with a message for people */
    static SendForm of(String word) {
        return Arrays.stream(values())
                .filter(form -> form.word().equals(word))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("-Dchannel: expected one of " + WORDS + ", found " + word));
    }

    String word() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    String account() {
        return account;
    }

    /** The order, a refund's is one that the demo has paid already. */
    private String outTradeNo() {
        return Options.text("out_trade_no", word().endsWith("refund") ? "DEMO-1" : "DEMO-2");
    }

    private static long normalFee(String outTradeNo) {
        return Demo.ORDERS.getOrDefault(outTradeNo, 101L);
    }

    Request request(URI pay) {
        for (SendForm other : values()) {
            for (String key : other.keys) {
                if (!keys.contains(key) && System.getProperty(key) != null) {
                    throw new IllegalArgumentException("-D" + key + ": -Dchannel=" + word() + " is signed by "
                            + keys.stream().sorted().map(own -> "-D" + own).collect(Collectors.joining(" or ")));
                }
            }
        }
        String no = outTradeNo();
        return switch (this) {
            case WECHAT_V2 -> v2(pay, no);
            case WECHAT_V2_REFUND -> v2Refund(pay, no);
            case WECHAT_V3, WECHAT_V3_COMBINED, WECHAT_V3_REFUND -> v3(pay, no);
            case CCB -> ccb(no).request(pay);
            case ALLINPAY -> allinpay(no).request(pay);
            case LAKALA, LAKALA_CASHIER -> lakala(no).request(pay);
            case FORM -> form(no).request(pay);
        };
    }

    private static Request v2(URI pay, String no) {
        WechatV2Callback callback = WechatV2Callback.payment(Demo.MCH_ID, no, normalFee(no));
        for (String field : V2_FIELDS) {
            if (Options.given(field)) {
                callback.with(field, Options.text(field, ""));
            }
        }
        if (Options.given("total_fee") && !Options.given("cash_fee")) {
            callback.with("cash_fee", Options.text("total_fee", ""));
        }
        if (Options.word("sign", "MD5", "MD5", "HMAC-SHA256").equals("HMAC-SHA256")) {
            callback.signedWith(WechatV2Callback.Sign.HMAC_SHA256);
        }
        return Request.post(pay, callback.xml(Options.text("api-key", Demo.API_KEY)), "Content-Type", "text/xml");
    }

    private static Request v2Refund(URI pay, String no) {
        long total = Options.fen("total_fee", normalFee(no));
        WechatV2RefundCallback callback = WechatV2RefundCallback.refund(
                Options.text("mch_id", Demo.MCH_ID),
                no,
                total,
                Options.text("out_refund_no", "R-" + no),
                Options.fen("refund_fee", total));
        for (String field : V2_REFUND_FIELDS) {
            if (Options.given(field)) {
                callback.with(field, Options.text(field, ""));
            }
        }
        String body = new String(callback.body(Options.text("api-key", Demo.API_KEY)), UTF_8);
        return Request.post(pay, body, "Content-Type", "text/xml");
    }

    private Request v3(URI pay, String no) {
        String status = Options.word("refund_status", "SUCCESS", "SUCCESS", "ABNORMAL", "CLOSED");
        String eventType = this == WECHAT_V3_REFUND ? "REFUND." + status : "TRANSACTION.SUCCESS";
        String resource = v3Resource(no, status);
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification(
                        Options.text("event_type", eventType),
                        this == WECHAT_V3_COMBINED ? resource : withOptions(resource),
                        Options.text("api-v3-key", Shop.V3_KEY)),
                Instant.now().getEpochSecond(),
                Options.text("serial", Demo.PUBLIC_KEY_ID),
                Options.privateKey("private-key", Demo.PRIVATE_KEY));
        List<String> headers = new ArrayList<>();
        callback.headers().forEach((name, value) -> headers.addAll(List.of(name, value)));
        return new Request("POST", pay, null, headers, callback.body());
    }

    private String v3Resource(String no, String refundStatus) {
        String mchId = Options.text("mchid", Demo.MCH_ID);
        if (this == WECHAT_V3_COMBINED) {
            String[] orders = Arrays.stream(no.split(","))
                    .map(each -> WechatV3Callback.subOrder(mchId, each, Options.fen("total_fee", normalFee(each))))
                    .toArray(String[]::new);
            return WechatV3Callback.combined(
                    Options.text("combine_mchid", Demo.MCH_ID), Options.text("combine_out_trade_no", "C-1"), orders);
        }
        long total = Options.fen("total_fee", normalFee(no));
        return this == WECHAT_V3
                ? WechatV3Callback.transaction(mchId, no, total)
                : WechatV3Callback.refund(
                        mchId,
                        no,
                        total,
                        Options.text("out_refund_no", "R-" + no),
                        Options.fen("refund_fee", total),
                        refundStatus);
    }

    private static CcbCallback ccb(String no) {
        CcbCallback callback = withOptions(CcbCallback.payment(no, Options.fen("total_fee", normalFee(no))));
        callback.signedBy(Options.privateKey("private-key", Aggregators.CCB_PRIVATE_KEY));
        return Options.word("method", "GET", "GET", "POST").equals("POST") ? callback.byPost() : callback;
    }

    private static AllinpayCallback allinpay(String no) {
        AllinpayCallback callback = AllinpayCallback.payment(no, Options.fen("total_fee", normalFee(no)));
        if (Options.word("sign", Options.given("private-key") ? "RSA" : "MD5", "MD5", "RSA")
                .equals("RSA")) {
            callback.rsa().signedBy(Options.privateKey("private-key", Aggregators.ALLINPAY_PRIVATE_KEY));
        } else {
            callback.signedBy(Options.text("md5-key", Aggregators.ALLINPAY_MD5_KEY));
        }
        return withOptions(callback);
    }

    private LakalaCallback lakala(String no) {
        long fen = Options.fen("total_fee", normalFee(no));
        LakalaCallback callback = this == LAKALA ? LakalaCallback.payment(no, fen) : LakalaCallback.cashier(no, fen);
        callback.signedBy(Options.privateKey("private-key", Aggregators.LAKALA_PRIVATE_KEY));
        return withOptions(callback);
    }

    /** Described by the names that an account of this channel has in notify.properties. */
    private static FormCallback form(String no) {
        String rule = Options.word("sign.rule", "md5", "md5", "hmac-sha256", "rsa-sha1", "rsa-sha256");
        String key = rule.startsWith("rsa")
                ? Options.privateKey("sign.key", Demo.PRIVATE_KEY)
                : Options.text("sign.key", Aggregators.FORM_MD5_KEY);
        long fen = Options.fen("total_fee", normalFee(no));
        boolean yuan = Options.word("amount.unit", "yuan", "yuan", "fen").equals("yuan");
        FormCallback callback = FormCallback.signed(
                        FormCallback.Rule.valueOf(rule.toUpperCase(Locale.ROOT).replace('-', '_')),
                        key,
                        Options.text("sign.field", "sign"))
                .tail(Options.text("sign.tail", "&key="))
                .with(Options.text("field.out_trade_no", "order_id"), no)
                .with(Options.text("field.transaction_id", "trade_no"), Aggregators.formTransactionId(no))
                .with(Options.text("field.total_fee", "amount"), yuan ? CcbCallback.yuan(fen) : Long.toString(fen))
                .with(Options.text("field.status", "payment_status"), Options.text("paid", "SUCCESS"))
                .with("subject", "桌号 8");
        withOptions(callback);
        return Options.word("method", "POST", "GET", "POST").equals("GET") ? callback.byGet() : callback;
    }

    /** With the values that are given for its own fields. */
    private static <T extends Notice> T withOptions(T notice) {
        for (String name : notice.names()) {
            if (Options.given(name)) {
                notice.with(name, Options.text(name, ""));
            }
        }
        return notice;
    }

    /** The same for the members of a JSON text. */
    private static String withOptions(String json) {
        return JSON_MEMBER.matcher(json).replaceAll(member -> {
            String name = member.group(1);
            boolean text = member.group(2).startsWith("\"");
            String value = Options.given(name)
                    ? text ? "\"" + Options.text(name, "") + "\"" : Options.text(name, "")
                    : member.group(2);
            return Matcher.quoteReplacement("\"" + name + "\":" + value);
        });
    }
}
