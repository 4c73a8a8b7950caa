package paynotify.kit;

import java.net.URI;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * A trade notice of Lakala (拉卡拉), as its open platform would send it or with any fault.
 *
 * <p>Written from the published documents alone; it shares nothing with the code that it tests.
 */
public final class LakalaCallback implements Notice {
    /** The Authorization header as Lakala writes it, of time, nonce and signature. */
    public static final String HEADER = "LKLAPI-SHA256withRSA timestamp=\"%s\",nonce_str=\"%s\",signature=\"%s\"";

    private static final String NONCE = "nBF21CEp8LDf";

    /** @param written the name as the JSON has it, without its quotes */
    private record Member(String name, String written, Object value) {}

    private final List<Member> members = new ArrayList<>();
    private List<Member> sent;
    private String key = Aggregators.LAKALA_PRIVATE_KEY;
    private String header = HEADER;
    private String signature = "right";
    private long timestamp = Instant.now().getEpochSecond();
    private String bodySuffix = "";

    private LakalaCallback() {}

    /** One without any field. */
    static LakalaCallback empty() {
        return new LakalaCallback();
    }

    /** The notice of a scanned code (聚合扫码): every value is a text. */
    public static LakalaCallback payment(String outTradeNo, long fen) {
        return empty().with("account_type", "WECHAT")
                .with("acc_settle_amount", Long.toString(fen))
                .with("acc_trade_no", WechatV2Callback.transactionId(outTradeNo))
                .with("bank_type", "OTHERS")
                .with("card_type", "99")
                .with("log_no", tradeNo(outTradeNo).substring(18))
                .with("merchant_no", Aggregators.LAKALA_MCH_ID)
                .with("notify_url", "https://pay.example.com/notify/pay/lakala")
                .with("out_trade_no", outTradeNo)
                .with("payer_amount", Long.toString(fen))
                .with("remark", "")
                .with("sub_mch_id", "843440000")
                .with("total_amount", Long.toString(fen))
                .with("trade_no", tradeNo(outTradeNo))
                .with("trade_req_date", "20250601")
                .with("trade_state", "SUCCESS")
                .with("trade_status", "SUCCESS")
                .with("trade_time", "20250601120005")
                .with("user_id1", "oSub8uMuAJO_M2pxb1Q9zNjWeS6o")
                .with("user_id2", "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o");
    }

    /** The notice of the cashier (收银台), with numbers and an object in it. */
    public static LakalaCallback cashier(String outOrderNo, long fen) {
        return empty().with("pay_order_no", tradeNo(outOrderNo))
                .with("out_order_no", outOrderNo)
                .with("channel_id", "95")
                .with("merchant_no", Aggregators.LAKALA_MCH_ID)
                .with("term_no", "A0073841")
                .with("order_create_time", "20250601115950")
                .json("order_status", "2")
                .json("total_amount", Long.toString(fen))
                .json("order_trade_info", tradeInfo("PAY"));
    }

    /** The cashier's order_trade_info with this trade_type. */
    public static String tradeInfo(String tradeType) {
        return "{\"trade_no\":\"2025060166210000\",\"log_no\":\"66210000\",\"trade_type\":\"" + tradeType
                + "\",\"acc_trade_no\":\"4200002600202506011234567899\"}";
    }

    /** The number that Lakala gives the payment of this order here: 32 digits. */
    public static String tradeNo(String outTradeNo) {
        return "2025060111011313" + String.format(Locale.ROOT, "%016d", outTradeNo.hashCode() & 0xffffffffL);
    }

    @Override
    public LakalaCallback with(String name, String value) {
        return set(name, value);
    }

    /** A value in the caller's own JSON, such as a number. */
    public LakalaCallback json(String name, String value) {
        return set(name, new StringBuilder(value));
    }

    @Override
    public LakalaCallback without(String name) {
        members.removeIf(member -> member.name().equals(name));
        return this;
    }

    @Override
    public LakalaCallback twice(String name, String value) {
        members.add(new Member(name, name, value));
        return this;
    }

    @Override
    public LakalaCallback twiceInDisguise(String name, String value) {
        String first = String.format(Locale.ROOT, "\\u%04x", (int) name.charAt(0));
        members.add(new Member(name, first + name.substring(1), value));
        return this;
    }

    @Override
    public LakalaCallback tamper(String name, String value) {
        LakalaCallback other = new LakalaCallback();
        other.members.addAll(sent == null ? members : sent);
        sent = (value == null ? other.without(name) : other.with(name, value)).members;
        return this;
    }

    /** These characters behind the body, signed with it. */
    public LakalaCallback suffix(String text) {
        bodySuffix = text;
        return this;
    }

    @Override
    public LakalaCallback signature(String text) {
        signature = text;
        return this;
    }

    @Override
    public LakalaCallback signedBy(String privateKeyPem) {
        key = privateKeyPem;
        return this;
    }

    /** The Authorization header in this form: time, nonce and signature are %1$s, %2$s and %3$s. */
    public LakalaCallback header(String form) {
        header = form;
        return this;
    }

    /** Seconds since 1970. */
    public LakalaCallback timestamp(long seconds) {
        timestamp = seconds;
        return this;
    }

    @Override
    public Set<String> names() {
        return members.stream().map(Member::name).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    @Override
    public String value(String name) {
        return members.stream()
                .filter(member -> member.name().equals(name))
                .map(member -> member.value().toString())
                .findFirst()
                .orElse(null);
    }

    /** Time, nonce and the body as it was signed, a line each. */
    public String textToSign() {
        return timestamp + "\n" + NONCE + "\n" + written(members) + bodySuffix + "\n";
    }

    public String body() {
        return written(sent == null ? members : sent) + bodySuffix;
    }

    /** The Authorization header's value. */
    public String authorization() {
        String right = signature.equals("right") ? Rsa.base64("SHA256withRSA", textToSign(), key) : signature;
        return String.format(Locale.ROOT, header, timestamp, NONCE, right);
    }

    @Override
    public Request request(URI pay) {
        return signature == null
                ? Request.post(pay, body(), "Content-Type", "application/json")
                : Request.post(pay, body(), "Content-Type", "application/json", "Authorization", authorization());
    }

    private LakalaCallback set(String name, Object value) {
        Member member = new Member(name, name, value);
        for (int i = 0; i < members.size(); i++) {
            if (members.get(i).name().equals(name)) {
                members.set(i, member);
                return this;
            }
        }
        members.add(member);
        return this;
    }

    private static String written(List<Member> members) {
        return members.stream()
                .map(member -> "\"" + member.written() + "\":"
                        + (member.value() instanceof String text ? quoted(text) : member.value()))
                .collect(Collectors.joining(",", "{", "}"));
    }

    private static String quoted(String text) {
        return "\"" + text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n") + "\"";
    }
}
