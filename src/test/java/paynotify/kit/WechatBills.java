package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.GZIPOutputStream;

/** The bills of the kit's WeChat Pay, of API v2 and v3. A day without one has NO_STATEMENT_EXIST. Thread-safe. */
public final class WechatBills {
    private static final String DOWNLOAD = "/v3/billdownload/file";
    private static final String TRADE_BILL = "/v3/bill/tradebill";
    static final String V2 = "/pay/downloadbill";

    private final Map<List<String>, byte[]> bills = new ConcurrentHashMap<>();
    private final Map<List<String>, String> hashesOfPacked = new ConcurrentHashMap<>();
    private final Map<List<String>, Manner> manners = new ConcurrentHashMap<>();
    private volatile Manner manner = Manner.HONEST;

    /** What it does with a day's bill. */
    public enum Manner {
        HONEST,
        /** As text, though GZIP is asked for. */
        PLAIN,
        CREATING,
        /** The connection ends in mid-file. */
        CUT,
        /** Half of it, well sent. */
        HALF,
        WRONG_HASH,
        /** The file lies on another host. */
        OTHER_HOST,
        /** The address of the file is over. */
        EXPIRED,
        /** GZIP that can't be unpacked. */
        BROKEN_GZIP,
        /** The file's address has a sign of nobody's. */
        UNSIGNED
    }

    /** The bill of a merchant's day. */
    public WechatBills put(String mchId, LocalDate day, BillText bill) {
        return put(mchId, day, bill.bytes());
    }

    public WechatBills put(String mchId, LocalDate day, byte[] bill) {
        bills.put(List.of(mchId, day.toString()), bill);
        return this;
    }

    /** One that is too large to be kept as text: packed by GZIP, with the hash of the text. */
    public WechatBills putPacked(String mchId, LocalDate day, byte[] packed, String sha1) {
        hashesOfPacked.put(List.of(mchId, day.toString()), sha1);
        return put(mchId, day, packed);
    }

    public WechatBills behave(Manner newManner) {
        manner = newManner;
        manners.clear();
        return this;
    }

    public WechatBills behave(String mchId, LocalDate day, Manner newManner) {
        manners.put(List.of(mchId, day.toString()), newManner);
        return this;
    }

    static boolean isAsked(String path) {
        return path.startsWith(TRADE_BILL) || path.startsWith(DOWNLOAD) || path.startsWith(V2);
    }

    /** {@code bill 2026-11-28} or {@code file 2026-11-28}. */
    static String number(String path, String body) {
        if (path.startsWith(V2)) {
            return "bill " + day(WechatQuestionV2.fields(body));
        }
        Map<String, String> query = WechatQuestionV3.query(path);
        return path.startsWith(DOWNLOAD) ? "file " + query.get("token") : "bill " + query.get("bill_date");
    }

    private static String day(Map<String, String> asked) {
        return LocalDate.parse(asked.get("bill_date"), DateTimeFormatter.BASIC_ISO_DATE)
                .toString();
    }

    /** What has been asked is signed rightly. */
    void answerV3(HttpExchange exchange, String path, String mchId, String askedSerial, String url) throws IOException {
        Map<String, String> query = WechatQuestionV3.query(path);
        if (path.startsWith(DOWNLOAD)) {
            file(exchange, List.of(mchId, query.get("token")), "gzip".equals(query.get("tartype")));
            return;
        }
        String day = query.get("bill_date");
        List<String> key = List.of(mchId, day);
        byte[] bill = bills.get(key);
        Manner now = manners.getOrDefault(key, manner);
        if (!query.keySet().equals(Set.of("bill_date", "bill_type", "tar_type"))
                || !"ALL".equals(query.get("bill_type"))
                || !day.matches("\\d{4}-\\d{2}-\\d{2}")) {
            send(exchange, 400, "application/json", "{\"code\":\"PARAM_ERROR\",\"message\":\"参数错误\"}");
        } else if (now == Manner.CREATING) {
            send(exchange, 400, "application/json", "{\"code\":\"STATEMENT_CREATING\",\"message\":\"账单生成中\"}");
        } else if (bill == null) {
            send(exchange, 400, "application/json", "{\"code\":\"NO_STATEMENT_EXIST\",\"message\":\"请求的账单文件不存在\"}");
        } else {
            String host = now == Manner.OTHER_HOST ? url.replace("127.0.0.1", "localhost") : url;
            String known = hashesOfPacked.get(key);
            String hash = known == null ? sha1(now == Manner.WRONG_HASH ? new byte[1] : bill) : known;
            String answer = "{\"hash_type\":\"SHA1\",\"hash_value\":\"" + hash + "\",\"download_url\":\" " + host
                    + DOWNLOAD + "?token=" + day + "&tartype=gzip\"}";
            Wechat.Said said = WechatQuestionV3.signed(
                    answer,
                    askedSerial,
                    now == Manner.UNSIGNED ? Wechat.Manner.UNSIGNED : Wechat.Manner.HONEST,
                    java.time.Instant.now());
            said.headers().forEach(exchange.getResponseHeaders()::set);
            exchange.sendResponseHeaders(200, answer.getBytes(UTF_8).length);
            exchange.getResponseBody().write(answer.getBytes(UTF_8));
        }
    }

    void answerV2(HttpExchange exchange, String body) throws IOException {
        Map<String, String> asked = WechatQuestionV2.fields(body);
        List<String> key = List.of(asked.get("mch_id"), day(asked));
        Manner now = manners.getOrDefault(key, manner);
        if (!"ALL".equals(asked.get("bill_type")) || asked.containsKey("account_type")) {
            error(exchange, "invalid bill_type", "20003");
        } else if (now == Manner.CREATING) {
            error(exchange, "Bill Creating", "20007");
        } else if (bills.get(key) == null) {
            error(exchange, "No Bill Exist", "20002");
        } else {
            file(exchange, key, "GZIP".equals(asked.get("tar_type")));
        }
    }

    static void error(HttpExchange exchange, String message, String code) throws IOException {
        send(
                exchange,
                200,
                "text/xml",
                "<xml><return_code><![CDATA[FAIL]]></return_code>\n<return_msg><![CDATA[" + message
                        + "]]></return_msg>\n<error_code><![CDATA[" + code + "]]></error_code>\n</xml>");
    }

    private void file(HttpExchange exchange, List<String> key, boolean gzip) throws IOException {
        byte[] bill = bills.get(key);
        Manner now = manners.getOrDefault(key, manner);
        if (now == Manner.EXPIRED) {
            send(exchange, 400, "application/json", "{\"code\":\"INVALID_REQUEST\"}");
            return;
        }
        byte[] file = now == Manner.HALF ? Arrays.copyOf(bill, bill.length / 2) : bill;
        boolean packed = gzip && now != Manner.PLAIN;
        byte[] sent = packed && !hashesOfPacked.containsKey(key) ? gzip(file) : file;
        if (now == Manner.BROKEN_GZIP) {
            sent = Arrays.copyOf(gzip(file), 200);
        }
        exchange.getResponseHeaders().set("Content-Type", packed ? "application/x-gzip" : "text/plain");
        exchange.sendResponseHeaders(200, sent.length);
        exchange.getResponseBody().write(sent, 0, now == Manner.CUT ? sent.length / 2 : sent.length);
        exchange.getResponseBody().flush();
    }

    private static void send(HttpExchange exchange, int status, String type, String text) throws IOException {
        byte[] body = text.getBytes(UTF_8);
        exchange.getResponseHeaders().set("Content-Type", type);
        exchange.sendResponseHeaders(status, body.length);
        exchange.getResponseBody().write(body);
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(plain);
        }
        return packed.toByteArray();
    }

    private static String sha1(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-1").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
