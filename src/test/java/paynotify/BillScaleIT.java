package paynotify;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.LocalDate;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HexFormat;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.Wechat;
import paynotify.kit.WechatV2Callback;

/**
 * A large bill in a small Tomcat, and callbacks beside it: with {@code -Dbill.lines=1000000} the measurement (contract,
 * section 14: within 60 s with {@code -Xmx128m}), without it that it works.
 */
@ExtendWith(NoSecretInLogs.class)
class BillScaleIT {
    private static final int LINES = Integer.getInteger("bill.lines", 30_000);
    private static final LocalDate DAY =
            OffsetDateTime.now(ZoneOffset.ofHours(8)).toLocalDate().minusDays(2);
    /** WeChat's own limit for an answer. */
    private static final long ANSWER_MS = 5_000;

    private static final String HEAD = "\uFEFF交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
            + "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";

    private record Packed(byte[] bytes, String sha1, long size) {}

    private static Packed bill() throws Exception {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        MessageDigest sha1 = MessageDigest.getInstance("SHA-1");
        long[] size = {0};
        try (OutputStream gzip = new GZIPOutputStream(packed, 1 << 16);
                DigestOutputStream out = new DigestOutputStream(gzip, sha1)) {
            size[0] += write(out, HEAD);
            for (int i = 1; i <= LINES; i++) {
                size[0] += write(
                        out,
                        "`" + DAY + " 12:00:05,`" + Wechat.APP_ID + ",`" + Shop.MCH_ID + ",`0,`,`42000026002025060"
                                + (10_000_000 + i) + ",`o" + i
                                + ",`oUpF8uMuAJO_M2pxb1Q9zNjWeS6o,`NATIVE,`SUCCESS,`OTHERS,`CNY,`1.01,`0.00,`0,`0,`0.00,`0.00,`,`,"
                                + "`苹果,香蕉,`shop=3,desk=7,`0.01000,`0.60%,`1.01,`0.00,`\r\n");
            }
            String total = yuan(101L * LINES);
            size[0] += write(
                    out,
                    "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n`" + LINES + ",`" + total + ",`0.00,`0.00,`"
                            + yuan(LINES) + "000,`" + total + ",`0.00\r\n");
        }
        return new Packed(packed.toByteArray(), HexFormat.of().formatHex(sha1.digest()), size[0]);
    }

    private static int write(OutputStream out, String text) throws IOException {
        byte[] bytes = text.getBytes(UTF_8);
        out.write(bytes);
        return bytes.length;
    }

    private static String yuan(long fen) {
        return String.format(Locale.ROOT, "%d.%02d", fen / 100, fen % 100);
    }

    @Test
    void largeBill_smallTomcat_callbacksAreAnsweredAsBefore() throws Exception {
        Packed bill = bill();
        Database database = Postgres.shared().newDatabase();
        try (Wechat wechat = Wechat.start();
                Tomcat tomcat = Shop.tomcat(TomcatVersion.TOMCAT_11, database, "")
                        .properties(Shop.databaseProperties(database) + Shop.account() + "account.wechat.app-id = "
                                + Wechat.APP_ID + "\naccount.wechat.inquiry = v2\naccount.wechat.bill = on\n"
                                + "bill.at = 10:00\ninquiry.url = " + wechat.url() + "\n")
                        .option("-Xmx128m")
                        .start()) {
            Shop shop = Shop.of(tomcat, "notify", database);
            shop.awaitUp();
            Wait.until(
                    Duration.ofSeconds(60),
                    () -> database.count("payment_bill where state = 'EMPTY'") >= 29,
                    tomcat::log);
            database.execute(
                    "insert into payment_order (mch_id, out_trade_no, total_fee, status, transaction_id, paid_at,"
                            + " created_at) select '" + Shop.MCH_ID + "', 'o' || n, 101, 'PAID', '42000026002025060' ||"
                            + " (10000000 + n), cast('" + DAY + " 12:00:05+08' as timestamptz), cast('" + DAY
                            + " 00:00:00+08' as timestamptz) + n * interval '80 milliseconds' from generate_series(1, "
                            + LINES
                            + ") n");
            // Two lines that have no such order, and an order in no bill.
            database.execute("update payment_order set out_trade_no = 'other' || out_trade_no"
                    + " where out_trade_no in ('o7', 'o8')");
            wechat.bills().putPacked(Shop.MCH_ID, DAY, bill.bytes(), bill.sha1());
            AtomicBoolean over = new AtomicBoolean();
            AtomicLong slowest = new AtomicLong();
            AtomicInteger callbacks = new AtomicInteger();
            Thread sender = new Thread(() -> {
                while (!over.get()) {
                    byte[] body = WechatV2Callback.payment(Shop.MCH_ID, shop.order(Shop.MCH_ID, 101), 101)
                            .body(Shop.KEY);
                    long start = System.nanoTime();
                    assertEquals(200, Http.post(shop.pay("wechat"), body).status());
                    slowest.accumulateAndGet((System.nanoTime() - start) / 1_000_000, Math::max);
                    callbacks.incrementAndGet();
                }
            });
            OffsetDateTime deleted = OffsetDateTime.now(ZoneOffset.UTC);
            long start = System.nanoTime();
            database.execute("delete from payment_bill where bill_date = cast(? as date)", DAY.toString());
            sender.start();
            Wait.until(
                    Duration.ofMinutes(5),
                    () -> database.count(
                                    "payment_bill where bill_date = cast(? as date) and decided_at is not null",
                                    DAY.toString())
                            == 1,
                    () -> database.rows("select * from payment_bill where bill_date = '" + DAY + "'") + tomcat.log());
            long decided = (System.nanoTime() - start) / 1_000_000_000;
            Object compared = database.value(
                    "select extract(epoch from fetched_at - cast(? as timestamptz))::int from payment_bill"
                            + " where bill_date = cast(? as date)",
                    deleted.toString(),
                    DAY.toString());
            over.set(true);
            sender.join();
            System.out.printf(
                    "bill of %d lines (%d MB, packed %d MB): fetched, stored and compared after %s s, what is in no bill found after %d s;"
                            + " %d callbacks beside it, the slowest %d ms; %s bytes a line in the database%n",
                    LINES,
                    bill.size() / 1_000_000,
                    bill.bytes().length / 1_000_000,
                    compared,
                    decided,
                    callbacks.get(),
                    slowest.get(),
                    database.value("select pg_total_relation_size('payment_bill_line') / " + LINES));
            assertEquals(LINES, database.count("payment_bill_line"));
            assertEquals(2, database.count("payment_bill_difference where kind = 'PAID_UNKNOWN'"));
            assertEquals(2, database.count("payment_bill_difference where kind = 'NOT_IN_BILL'"));
            assertEquals(4, database.count("payment_bill_difference"));
            assertTrue(slowest.get() < ANSWER_MS, "slowest callback: " + slowest.get() + " ms");
            assertTrue(callbacks.get() > 0);
        }
    }
}
