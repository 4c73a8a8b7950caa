package paynotify;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import java.util.stream.Stream;
import paynotify.kit.Aggregators;
import paynotify.kit.Answer;
import paynotify.kit.Request;
import paynotify.kit.Shop;
import paynotify.kit.WechatV3Callback;

/**
 * The signed samples of every sender, each with what must become of it, to be sent in whatever way. Those of API v3 are
 * signed now by the kit: a sample of its own is too old.
 */
record SignedVector(
        String folder,
        String account,
        String mchId,
        String outTradeNo,
        long totalFee,
        Words words,
        String outcome,
        Request request) {
    private static final Path FOLDER = Path.of("src/test/resources/vectors");
    private static final Words PLAIN = Words.text("success", "fail");

    static List<SignedVector> all(Shop shop) {
        return Stream.of(wechat(shop), ccb(shop), allinpay(shop), lakala(shop))
                .flatMap(Function.identity())
                .toList();
    }

    /** With its order PENDING in the shop, and its answer, row and order looked at afterwards. */
    Exchange assertOutcome(Shop shop, Function<Request, Answer> way) {
        shop.database().execute("delete from payment_order where mch_id = ? and out_trade_no = ?", mchId, outTradeNo);
        // Samples of several orders bear one transaction's number, and one transaction pays one order.
        shop.database().execute("delete from payment_log where mch_id = ?", mchId);
        shop.database()
                .execute(
                        "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, ?)",
                        mchId,
                        outTradeNo,
                        totalFee);
        Exchange exchange = Exchange.of(shop, account, () -> way.apply(request))
                .answers(words, outcome)
                .column("body", request.data());
        String status = outcome.equals("APPLIED") ? "PAID" : "PENDING";
        if (!shop.orderRow(mchId, outTradeNo).get("status").equals(status)) {
            throw new AssertionError(folder + ": " + shop.orderRow(mchId, outTradeNo));
        }
        return exchange;
    }

    private static Stream<SignedVector> wechat(Shop shop) {
        String v3Order = Shop.newOrderNo();
        return Stream.of(
                v2(shop, "v2-pay-md5", "ORD20250601120000001", "APPLIED"),
                v2(shop, "v2-pay-md5-sp-coupon", "ORD20250601120000001", "APPLIED"),
                v2(shop, "v2-pay-hmac-nosigntype", "ORD20250601120000002", "APPLIED"),
                v2(shop, "v2-pay-hmac-signtype", "ORD20250601120000003", "APPLIED"),
                v2(shop, "v2-pay-md5-tampered", "ORD20250601120000001", "BAD_SIGNATURE"),
                v2(shop, "v2-pay-fail-result", "ORD20250601120000004", "NOT_PAID"),
                v2(shop, "v2-pay-xxe", "ORD20250601120000001", "MALFORMED"),
                v3(shop, v3Order, 101, "APPLIED"),
                v3(shop, v3Order, 100, "AMOUNT_MISMATCH"));
    }

    private static SignedVector v2(Shop shop, String folder, String outTradeNo, String outcome) {
        Request request = post(shop, "wechat", read(folder, "body.xml"), "Content-Type", "text/xml");
        return new SignedVector(folder, "wechat", Shop.MCH_ID, outTradeNo, 101, Words.XML, outcome, request);
    }

    private static SignedVector v3(Shop shop, String outTradeNo, long total, String outcome) {
        String transaction = WechatV3Callback.transaction(Shop.MCH_ID, outTradeNo, total);
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification("TRANSACTION.SUCCESS", transaction, Shop.V3_KEY)
                        .replace("\"original_type\":\"x\"", "\"original_type\":\"transaction\""),
                Instant.now().getEpochSecond(),
                Shop.PLATFORM_SERIAL,
                Shop.key("wechat_platform_private.pem"));
        String[] headers = callback.headers().entrySet().stream()
                .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                .toArray(String[]::new);
        Request request = post(shop, "both", new String(callback.body(), UTF_8), headers);
        return new SignedVector("v3", "both", Shop.MCH_ID, outTradeNo, 101, Words.JSON, outcome, request);
    }

    private static Stream<SignedVector> ccb(Shop shop) {
        return Stream.of("ccb-server", "ccb-page", "ccb-emptyaccdate", "ccb-usrmsg", "ccb-fail", "ccb-tampered")
                .map(folder -> new SignedVector(
                        folder,
                        "ccb",
                        Aggregators.CCB_MCH_ID,
                        "20250601120000007",
                        115,
                        PLAIN,
                        switch (folder) {
                            case "ccb-fail" -> "NOT_PAID";
                            case "ccb-tampered" -> "BAD_SIGNATURE";
                            default -> "APPLIED";
                        },
                        Request.of("GET", shop.pay("ccb"), read(folder, "query.txt"), "")));
    }

    private static Stream<SignedVector> allinpay(Shop shop) {
        return Stream.of(
                allinpay(shop, "allinpay-md5", "ORD20250601120000008", "APPLIED"),
                allinpay(shop, "allinpay-rsa", "ORD20250601120000009", "APPLIED"),
                allinpay(shop, "allinpay-rsa-newfield", "ORD20250601120000010", "APPLIED"),
                allinpay(shop, "allinpay-rsa-tampered", "ORD20250601120000008", "BAD_SIGNATURE"),
                allinpay(shop, "allinpay-processing", "ORD20250601120000011", "NOT_PAID"));
    }

    private static SignedVector allinpay(Shop shop, String folder, String outTradeNo, String outcome) {
        Request request =
                post(shop, "allinpay", read(folder, "body.form"), "Content-Type", "application/x-www-form-urlencoded");
        return new SignedVector(
                folder, "allinpay", Aggregators.ALLINPAY_MCH_ID, outTradeNo, 101, PLAIN, outcome, request);
    }

    private static Stream<SignedVector> lakala(Shop shop) {
        return Stream.of(
                lakala(shop, "lakala", "ORD20250601120000012", "APPLIED"),
                lakala(shop, "lakala-spaces", "ORD20250601120000013", "APPLIED"),
                lakala(shop, "lakala-tampered", "ORD20250601120000012", "BAD_SIGNATURE"));
    }

    private static SignedVector lakala(Shop shop, String folder, String outTradeNo, String outcome) {
        Request request = post(
                shop,
                "lakala",
                read(folder, "body.json"),
                "Content-Type",
                "application/json",
                "Authorization",
                read(folder, "authorization.txt").trim());
        return new SignedVector(
                folder, "lakala", Aggregators.LAKALA_MCH_ID, outTradeNo, 101, Words.JSON, outcome, request);
    }

    private static Request post(Shop shop, String account, String body, String... headers) {
        return new Request("POST", shop.pay(account), null, List.of(headers), body.getBytes(UTF_8));
    }

    private static String read(String folder, String file) {
        try {
            return Files.readString(FOLDER.resolve(folder).resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
