package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import paynotify.kit.Vectors;
import paynotify.message.BillLine;
import paynotify.message.BillReader;
import paynotify.message.Json;
import paynotify.message.Malformed;
import paynotify.message.Pairs;
import paynotify.message.Times;
import paynotify.message.XmlParser;
import paynotify.message.Yuan;

/**
 * What reads a stranger's bytes, each with genuine samples to begin with: for fuzzing. Nothing but its own refusal may come out.
 *
 * <p>An input is a body. For readers that look at headers, too, these stand before it, as {@code Name: value}, with an empty line behind.
 */
public enum Reader {
    WECHAT_V2("v2-pay-md5/body.xml", "v2-pay-hmac-signtype/body.xml", "v2-refund/body.xml", "v2-pay-xxe/body.xml"),
    WECHAT_V3("v3-pay", "v3-pay-sp-pubkey", "v3-refund", "v3-pay-signtest"),
    CCB("ccb-server/query.txt", "ccb-page/query.txt", "ccb-usrmsg/query.txt"),
    ALLINPAY("allinpay-md5/body.form", "allinpay-rsa/body.form", "allinpay-rsa-newfield/body.form"),
    LAKALA("lakala", "lakala-spaces"),
    FORM("allinpay-md5/body.form"),
    XML("v2-pay-md5/body.xml", "v2-pay-md5-sp-coupon/body.xml", "v2-pay-xxe/body.xml"),
    JSON("v3-pay/body.json", "v3-pay/plaintext.json", "lakala/body.json"),
    BILL("loop/bill-v3-all-hostile.csv", "loop/bill-v3-all-sp.csv", "loop/bill-v2-all-old24.txt"),
    PAIRS("allinpay-md5/body.form", "ccb-server/query.txt"),
    VALUES;

    private static final String WECHAT_V3_KEYS = """
            public-key.5157F09EFDC096DE15EBE81A47057A7232F1B8E1 = $vectors/keys/wechat_platform_cert.pem
            public-key.PUB_KEY_ID_0119000001092025060100192001000001 = $vectors/keys/wechat_pubkey_mode_public.pem""";

    private final List<String> samples;

    Reader(String... samples) {
        this.samples = List.of(samples);
    }

    public List<byte[]> seeds() {
        if (this == VALUES) {
            return List.of(
                    "1.15".getBytes(UTF_8),
                    "20250601120005".getBytes(UTF_8),
                    "2025-06-01 12:00:05".getBytes(UTF_8),
                    "2025-06-01T12:00:05.123+08:00".getBytes(UTF_8),
                    "9223372036854775807".getBytes(UTF_8));
        }
        List<byte[]> seeds = new ArrayList<>();
        for (String sample : samples) {
            String text =
                    switch (this) {
                        case WECHAT_V3 ->
                            Vectors.text(sample + "/headers.txt").strip() + "\n\n"
                                    + Vectors.text(sample + "/body.json");
                        case LAKALA ->
                            "Authorization: "
                                    + Vectors.text(sample + "/authorization.txt")
                                            .strip() + "\n\n" + Vectors.text(sample + "/body.json");
                        default -> Vectors.text(sample);
                    };
            seeds.add(text.getBytes(UTF_8));
        }
        return seeds;
    }

    /** @return what is to be called again and again; its own refusals are caught */
    public Read open() {
        return switch (this) {
            case WECHAT_V2 ->
                sender(Accounts.wechat("mch-id = 1900000109", "api-key = " + Vectors.text("keys/v2_api_key.txt")));
            case WECHAT_V3 ->
                sender(Accounts.wechat(
                        "mch-id = 1900000109", "api-v3-key = " + Vectors.text("keys/v3_api_key.txt"), WECHAT_V3_KEYS));
            case CCB -> sender(Accounts.of("ccb", "mch-id = 105", "public-key = $vectors/keys/ccb_public.pem"));
            case ALLINPAY ->
                sender(Accounts.of(
                        "allinpay",
                        "mch-id = 990440153996000",
                        "md5-key = " + Vectors.text("keys/allinpay_md5_key.txt"),
                        "public-key = $vectors/keys/allinpay_public.pem"));
            case LAKALA ->
                sender(Accounts.of("lakala", "mch-id = 822000000000001", "public-key = $vectors/keys/lakala_cert.pem"));
            case FORM ->
                sender(Accounts.of(
                        "form",
                        "mch-id = 8201",
                        "sign.rule = md5",
                        "sign.key = " + Vectors.text("keys/allinpay_md5_key.txt"),
                        "sign.field = sign",
                        "field.out_trade_no = cusorderid",
                        "field.transaction_id = trxid",
                        "field.total_fee = trxamt",
                        "amount.unit = yuan",
                        "field.status = trxstatus",
                        "paid = 0000",
                        "answer.success = OK",
                        "answer.failure = NO"));
            case XML -> body -> XmlParser.parse(body, "xml");
            case JSON -> Json::parse;
            case BILL -> Reader::bill;
            case PAIRS ->
                body -> {
                    refusable(() -> Pairs.parse(body, UTF_8));
                    Pairs.parseInAnyCharset(body);
                };
            case VALUES ->
                body -> {
                    String text = new String(body, UTF_8);
                    Yuan.parseFenOrNull(text);
                    refusable(() -> Times.compact("x", text));
                    refusable(() -> Times.dateAndTime("x", text));
                    Times.rfc3339("x", text);
                };
        };
    }

    private static void bill(byte[] body) throws Malformed {
        try {
            BillReader bill = new BillReader(new ByteArrayInputStream(body));
            for (BillLine line = bill.next(); line != null; line = bill.next()) {
                if (line.totalFee() < 0 || line.refundFee() < 0) {
                    throw new AssertionError("an amount below zero");
                }
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Reads one input. */
    public interface Read {
        void read(byte[] input) throws Malformed;

        /** The same, and its refusal is fine. */
        default void tryTo(byte[] input) {
            refusable(() -> read(input));
        }
    }

    private interface Refusable {
        void run() throws Malformed;
    }

    private static void refusable(Refusable work) {
        try {
            work.run();
        } catch (Malformed e) {
            if (String.valueOf(e.getMessage()).isBlank()) {
                throw new AssertionError("a refusal without a word");
            }
        }
    }

    /** All that is done with a callback of this sender, its answer included. */
    private static Read sender(Sender sender) {
        return input -> {
            Callback callback = callback(input);
            sender.channel(callback);
            sender.signedHeaders(callback);
            Finding finding = sender.find(callback).get(0);
            Outcome outcome = finding instanceof NothingToBook nothing ? nothing.outcome() : Outcome.APPLIED;
            if (sender.reply(callback, outcome).body().length == 0) {
                throw new AssertionError("no answer");
            }
        };
    }

    private static Callback callback(byte[] input) {
        String text = new String(input, UTF_8);
        Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        int end = text.indexOf("\n\n");
        for (String line :
                end < 0 ? List.<String>of() : text.substring(0, end).lines().toList()) {
            int colon = line.indexOf(": ");
            if (colon > 0) {
                headers.put(line.substring(0, colon), line.substring(colon + 2));
            }
        }
        byte[] body = headers.isEmpty() ? input : text.substring(end + 2).getBytes(UTF_8);
        return new Callback("x", body, false, headers::get, null, Instant.ofEpochSecond(1748750406), 0, 0);
    }
}
