package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Vectors;

/** WeChat's bill in all its forms, and each way in which it can be none. */
class BillReaderTest {
    private static final String ALL = "loop/bill-v3-all-merchant.csv";
    private static final String HEAD = Vectors.text(ALL).lines().findFirst().orElseThrow();
    private static final String SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n";

    static List<BillLine> read(byte[] bill) throws IOException, Malformed {
        return read(new ByteArrayInputStream(bill));
    }

    private static List<BillLine> read(InputStream in) throws IOException, Malformed {
        BillReader reader = new BillReader(in);
        List<BillLine> lines = new ArrayList<>();
        for (BillLine line = reader.next(); line != null; line = reader.next()) {
            lines.add(line);
        }
        assertNull(reader.next());
        return lines;
    }

    private static String refusal(String bill) {
        return assertThrows(Malformed.class, () -> read(bill.getBytes(UTF_8))).detail();
    }

    private static long paid(List<BillLine> lines) {
        return lines.stream().mapToLong(BillLine::totalFee).sum();
    }

    private static long refunded(List<BillLine> lines) {
        return lines.stream().mapToLong(BillLine::refundFee).sum();
    }

    /** One payment of 1.01 yuan. */
    private static String row(String name, String attach) {
        return "`2025-06-01 09:12:45,`wx8888888888888888,`1900000109,`0,`,`4200002600202506010912450001,`ORD1,`o,`JSAPI,"
                + "`SUCCESS,`CMC_DEBIT,`CNY,`1.01,`0.00,`0,`0,`0.00,`0.00,`,`,`" + name + ",`" + attach
                + ",`0.01000,`0.60%,`1.01,`0.00,`\r\n";
    }

    private static String bill(String... rows) {
        String sum = "1.01";
        String fee = "0.01";
        if (rows.length != 1) {
            sum = String.format(java.util.Locale.ROOT, "%d.%02d", rows.length, rows.length);
            fee = String.format(java.util.Locale.ROOT, "0.%02d", rows.length);
        }
        return HEAD + "\r\n" + String.join("", rows) + SUMS + "`" + rows.length + ",`" + sum + ",`0.00,`0.00,`" + fee
                + "000,`" + sum + ",`0.00\r\n";
    }

    @ParameterizedTest
    @CsvSource({
        "bill-v3-all-merchant.csv, 7, 18902, 15000",
        "bill-v3-all-sp.csv, 5, 5699, 2199",
        "bill-v3-all-hostile.csv, 2, 1200, 0",
        "bill-v3-success-merchant.csv, 4, 18902, 0",
        "bill-v3-refund-merchant.csv, 3, 0, 15000",
        "bill-v2-all-old24.txt, 2, 102, 0",
    })
    void samples_ofEachForm_areReadWhole(String sample, int rows, long paid, long refunded) throws Exception {
        String text = Vectors.text("loop/" + sample);
        String lf = text.replace("\r\n", "\n");
        for (String form : List.of(
                text, lf, lf.replace("\n", "\r\n"), text.replace("\uFEFF", ""), "\uFEFF" + lf.replace("\uFEFF", ""))) {
            List<BillLine> lines = read(form.getBytes(UTF_8));
            assertEquals(rows, lines.size());
            assertEquals(paid, paid(lines));
            assertEquals(refunded, refunded(lines));
        }
    }

    @Test
    void sample_eachColumn_isFoundByItsName() throws Exception {
        List<BillLine> lines = read(Vectors.bytes(ALL));
        BillLine refund = lines.get(0);
        assertEquals(2, refund.line());
        assertEquals("REFUND", refund.state());
        assertEquals(Instant.parse("2025-06-01T15:59:58Z"), refund.tradedAt());
        assertEquals("ORD20250530195950009", refund.outTradeNo());
        assertEquals("4200002600202505302000000009", refund.transactionId());
        assertEquals("REF20250601235957003", refund.outRefundNo());
        assertEquals("50000000002025060123595800003", refund.refundId());
        assertEquals(0, refund.totalFee());
        assertEquals(3000, refund.refundFee());
        BillLine paid = lines.get(1);
        assertEquals("SUCCESS", paid.state());
        assertEquals("wx8888888888888888", paid.appId());
        assertEquals("1900000109", paid.mchId());
        assertNull(paid.subMchId());
        assertNull(paid.outRefundNo());
        assertNull(paid.refundId());
        assertEquals("CNY", paid.currency());
        assertEquals(101, paid.totalFee());
        // A coupon of 5 yuan: 订单金额 counts, and so does 申请退款金额.
        assertEquals(10000, lines.get(5).totalFee());
        assertEquals(10000, lines.get(4).refundFee());
    }

    @Test
    void sample_ofProvider_namesSubMerchantsAndRevoked() throws Exception {
        List<BillLine> lines = read(Vectors.bytes("loop/bill-v3-all-sp.csv"));
        assertEquals("1900000110", lines.get(0).subMchId());
        assertEquals("REVOKED", lines.get(3).state());
        assertNull(lines.get(3).outRefundNo());
        assertEquals(1200, lines.get(3).refundFee());
    }

    /** There 交易时间 is the payment's. */
    @Test
    void sample_ofRefunds_hasTheTimeOfAcceptance() throws Exception {
        List<BillLine> lines = read(Vectors.bytes("loop/bill-v3-refund-merchant.csv"));
        assertEquals(Instant.parse("2025-06-01T06:05:10Z"), lines.get(0).tradedAt());
    }

    @Test
    void sample_gzip_isTheSame() throws Exception {
        List<BillLine> lines =
                read(new GZIPInputStream(new ByteArrayInputStream(Vectors.bytes("loop/bill-v3-all-merchant.csv.gz"))));
        assertEquals(7, lines.size());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "a,b",
                "\"a\",\"b\"",
                "a,`b",
                "a\nb",
                "a\r\nb",
                "a\n`b",
                "a`b`",
                "a\n",
                "\n总交易单数,应结订单总金额\n`1,`9.99",
                "a,`b\n`c,`d",
                "",
                "`",
                "\n\n\n",
            })
    void namesAndAttach_whateverTheyHold_changeNothingElse(String text) throws Exception {
        for (String row : List.of(row(text, "x"), row("x", text))) {
            List<BillLine> lines = read(bill(row, row("x", "")).getBytes(UTF_8));
            assertEquals(2, lines.size());
            assertEquals(202, paid(lines));
            assertEquals("ORD1", lines.get(0).outTradeNo());
        }
    }

    @Test
    void noRows_isABillToo() throws Exception {
        assertEquals(
                0,
                read((HEAD + "\r\n" + SUMS + "`0,`0.00,`0.00,`0.00,`0.00000,`0.00,`0.00\r\n").getBytes(UTF_8))
                        .size());
    }

    /** Real SUCCESS bills have sums for columns that they don't have, and names may come that nobody knows yet. */
    @Test
    void unknownNames_areLeftAside() throws Exception {
        String bill = Vectors.text("loop/bill-v3-success-merchant.csv")
                .replace("总交易单数,", "总交易单数,退款总金额,新的总金额,")
                .replace("`4,`184.02", "`4,`0.00,`x,`184.02");
        assertEquals(4, read(bill.getBytes(UTF_8)).size());
        String wider = bill(row("a", "b").replace(",`\r\n", ",`,`new\r\n")).replace("费率备注\r\n", "费率备注,新列\r\n");
        assertEquals(1, read(wider.getBytes(UTF_8)).size());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "`1.01,`0.00,`0,|`1.015,`0.00,`0,|line 2, column 13 应结订单金额: expected an amount in yuan with at most two decimals, found '1.015'",
                "`1.01,`0.00,`\\r|`1.,`0.00,`\\r|line 2, column 25 订单金额: expected an amount in yuan with at most two decimals, found '1.'",
                "`0.01000,`0.60%|`x,`0.60%|line 2, column 23 手续费: expected a fee in yuan with at most 8 decimals, found 'x'",
                "`SUCCESS|`success|line 2, column 10 交易状态: expected a state in capital letters, found 'success'",
                "`CNY|`rmb|line 2, column 12 货币种类: expected a currency of three letters, found 'rmb'",
                "`ORD1|`|line 2, column 7 商户订单号: expected a number, found ''",
                "`2025-06-01|`2025-06-31|expected a time as line 2, column 1 交易时间 in the form yyyy-MM-dd HH:mm:ss, found '2025-06-31 09:12:45'",
                "`1,`1.01|`2,`1.01|line 4, column 1 总交易单数: expected 1 as there are rows, found '2'",
                "`1,`1.01|`1,`1.02|line 4, column 2 应结订单总金额: expected 1.01 as the rows add up to, found '1.02'",
                "`0.00,`0.00,`0.01000|`0.01,`0.00,`0.01000|line 4, column 3 退款总金额: expected 0.00 as the rows add up to, found '0.01'",
                "`0.01000,`1.01,`0.00\\r|`0.02000,`1.01,`0.00\\r|line 4, column 5 手续费总金额: expected 0.01 as the rows add up to, found '0.02000'",
                "`1.01,`0.00\\r|`1.00,`0.00\\r|line 4, column 6 订单总金额: expected 1.01 as the rows add up to, found '1.00'",
                "`1.01,`0.00\\r|`1.01,`0.01\\r|line 4, column 7 申请退款总金额: expected 0.00 as the rows add up to, found '0.01'",
                "交易状态|状态|line 1, column 28: expected a column 交易状态, found none among",
                "微信订单号|单号|line 1, column 28: expected a column 微信订单号, found none among",
                "商户订单号|单号|line 1, column 28: expected a column 商户订单号, found none among",
                "交易时间,|交易时间,交易时间,|line 1, column 2: expected at most 128 names of columns, each once, found '交易时间'",
                "微信订单号,商户|微信订单号2,商户|line 1, column 28: expected a column 微信订单号",
                "总交易单数|总数|line 2, column 28",
            })
    void fault_inWhatEverPlace_isToldByLineAndColumn(String from, String to, String refusal) {
        String right = bill(row("a", "b"));
        String at = from.replace("\\r", "\r");
        int place = right.lastIndexOf(at);
        assertTrue(place >= 0, from);
        String wrong = right.substring(0, place) + to.replace("\\r", "\r") + right.substring(place + at.length());
        if (from.equals("总交易单数")) {
            assertEquals("line 4, column 8 用户标识: expected 27 values, found 7", refusal(wrong));
        } else {
            assertTrue(refusal(wrong).startsWith(refusal), refusal(wrong));
        }
    }

    private static int assertReadable(String bill) {
        try {
            return read(bill.getBytes(UTF_8)).size();
        } catch (IOException | Malformed e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "''|line 1, column 1: expected the names of the columns, found an empty file",
                "<xml>|line 1, column 1: expected the names of the columns, found '<xml>'",
                "x|line 1, column 2: expected a column 交易时间, found none among 'x'",
            })
    void noBillAtAll_isRefused(String text, String refusal) {
        assertEquals(refusal, refusal(text));
    }

    @Test
    void cutAnywhere_isRefused() {
        String whole = bill(row("a", "b"), row("c\nd", "e"));
        int refused = 0;
        for (int i = 0; i < whole.length() - 5; i++) {
            String cut = whole.substring(0, i);
            String detail = refusal(cut);
            assertTrue(detail.contains("line ") && detail.contains(", column "), detail);
            refused++;
        }
        assertTrue(refused > 600);
    }

    @Test
    void rowTooShort_isToldAtItsColumn() {
        String shortRow = row("a", "b").replace(",`0.60%,`1.01,`0.00,`\r", "\r");
        assertEquals("line 2, column 24 费率: expected 27 values, found 23", refusal(bill(shortRow, row("a", "b"))));
        assertEquals("line 2, column 24 费率: expected 27 values, found 23", refusal(HEAD + "\r\n" + shortRow));
    }

    @Test
    void surplusWithoutFreeColumns_isRefused() {
        String bill = bill(row("a,`b", "c")).replace("商品名称", "名称");
        assertEquals("line 2, column 28: expected 27 values, found 28", refusal(bill));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "x\\r\\n|line 5, column 1: expected the end of the file behind the summary, found 'x'",
                "`1,`1\\r\\n|line 5, column 1: expected the end of the file behind the summary, found '`1,`1'",
            })
    void somethingBehindTheSummary_isRefused(String more, String refusal) {
        assertEquals(refusal, refusal(bill(row("a", "b")) + more.replace("\\r\\n", "\r\n")));
        assertEquals(1, assertReadable(bill(row("a", "b")) + "\r\n\r\n"));
    }

    @Test
    void summaryThatIsNone_isRefused() {
        String right = bill(row("a", "b"));
        String head = right.substring(0, right.lastIndexOf("`1,`"));
        assertEquals("line 4, column 1: expected 7 values of the summary, found 0", refusal(head));
        assertEquals("line 4, column 3: expected 7 values of the summary, found 2", refusal(head + "`1,`1.01\r\n"));
        assertEquals(
                "line 4, column 1: expected the values of the summary, that begin with `, found '1'",
                refusal(head + "1\r\n"));
        assertEquals(
                "line 2, column 1: expected a row that begins with ` or the summary 总交易单数, found 'x'",
                refusal(HEAD + "\r\nx\r\n"));
    }

    @Test
    void tooLong_isRefusedInBoundedMemory() {
        String name = "x".repeat(70_000);
        assertEquals(
                "line 2, column 1: expected a line of at most 65536 bytes, found a longer one",
                refusal(bill(row(name, "b"))));
        assertEquals(
                "line 2, column 1: expected a line of at most 65536 bytes, found a longer one",
                refusal(bill(row("x".repeat(1_000_000), "b"))));
        assertTrue(refusal(bill(row("xxxxxxxxx\n".repeat(8_000), "b")))
                .endsWith("expected a row of at most 65536 bytes, found that of line 2 to be longer"));
        assertTrue(refusal("x,".repeat(200)).startsWith("line 1, column 2: expected at most 128 names of columns"));
        StringBuilder names = new StringBuilder(HEAD);
        for (int i = 0; i < 120; i++) {
            names.append(",c").append(i);
        }
        assertTrue(refusal(names.toString())
                .endsWith("column 129: expected at most 128 names of columns, each once, found more"));
        assertTrue(refusal(bill(row("a", "b").replace("`ORD1", "`" + "x".repeat(129))))
                .contains("column 7 商户订单号 of at most 128 characters"));
    }

    @Test
    void sumsTooLarge_areRefused() {
        String huge = row("a", "b").replace("`1.01,`0.00,`0,", "`92233720368547758.07,`0.00,`0,");
        assertTrue(refusal(bill(huge, huge)).contains("line 3, column 13 应结订单金额: expected a sum that fits 64 bits"));
    }

    /** Random cuts, doublings and changes: what comes out is a bill or a refusal with its place. */
    @Test
    void mutations_endInABillOrARefusal() throws Exception {
        Random random = new Random(17);
        byte[] sample = Vectors.bytes("loop/bill-v3-all-hostile.csv");
        int refused = 0;
        for (int i = 0; i < 20_000; i++) {
            byte[] mutated = sample.clone();
            for (int n = random.nextInt(4); n >= 0; n--) {
                mutated[random.nextInt(mutated.length)] = "`,\n\r0x\u0000".getBytes(UTF_8)[random.nextInt(7)];
            }
            try {
                read(mutated);
            } catch (Malformed e) {
                refused++;
                assertTrue(e.detail().contains("line ") && e.detail().contains(", column "), e.detail());
            }
        }
        assertTrue(refused > 10_000, "refused: " + refused);
    }

    /** A stream that gives one byte at a time is read the same. */
    @Test
    void slowStream_isReadTheSame() throws Exception {
        InputStream slow = new java.io.FilterInputStream(new ByteArrayInputStream(Vectors.bytes(ALL))) {
            @Override
            public int read(byte[] to, int from, int count) throws IOException {
                return super.read(to, from, Math.min(1, count));
            }
        };
        assertEquals(7, read(slow).size());
    }
}
