package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.sql.Timestamp;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import paynotify.kit.Answer;
import paynotify.kit.AtOnce;
import paynotify.kit.Notice;
import paynotify.kit.Request;
import paynotify.kit.Shop;

/** What holds for each way of each sender: the contract's table of outcomes. Subclasses have a static {@code ways()}. */
abstract class SenderCases {
    private static final int AT_ONCE = 32;
    private static final int MAX_BYTES = 65_536;

    final Shop shop;

    SenderCases(Shop shop) {
        this.shop = shop;
    }

    /** Every way of every sender that has these cases. */
    static List<SenderUnderTest> all() {
        return Stream.of(CcbIT.ways(), AllinpayIT.ways(), LakalaIT.ways(), FormIT.ways())
                .flatMap(Stream::of)
                .toList();
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_ofPendingOrder_isAppliedOnceAndThenDuplicate(SenderUnderTest way) {
        String no = order(way);
        Map<String, Object> paid = new LinkedHashMap<>(row(way, no));
        paid.put("status", "PAID");
        paid.put("transaction_id", way.transactionId(no));
        paid.put("payer", way.payer());
        Notice payment = way.payment(no, 101);

        Instant sent = Instant.now();
        post(way, payment).answers(way.words(), "APPLIED").logs(columns(way, payment, no, 101));
        Instant answered = Instant.now();

        Instant paidAt = ((Timestamp) row(way, no).get("paid_at")).toInstant();
        paid.put("paid_at", Timestamp.from(paidAt));
        assertEquals(paid, row(way, no));
        if (way.paidAt() == null) {
            assertFalse(
                    paidAt.isBefore(sent.minusMillis(5)) || paidAt.isAfter(answered.plusMillis(5)), paidAt::toString);
        } else {
            assertEquals(way.paidAt(), paidAt);
        }
        post(way, payment).answers(way.words(), "DUPLICATE").logs(columns(way, payment, no, 101));
        assertEquals(paid, row(way, no));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_32TimesAtOnce_isAppliedOnce(SenderUnderTest way) throws Exception {
        String no = order(way);
        Request request = way.payment(no, 101).request(shop.pay(way.account()));
        for (Answer answer : AtOnce.all(Collections.<Callable<Answer>>nCopies(AT_ONCE, request::send))) {
            Exchange.assertAnswer(answer, way.words(), "DUPLICATE");
        }
        Map<String, Long> outcomes = new TreeMap<>();
        shop.logOf(no).forEach(row -> outcomes.merge((String) row.get("outcome"), 1L, Long::sum));
        assertEquals(Map.of("APPLIED", 1L, "DUPLICATE", AT_ONCE - 1L), outcomes);
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_thatFailed_isNotPaid(SenderUnderTest way) {
        String no = order(way);
        unchanged(way, no, way.unpaid(way.payment(no, 101)), "NOT_PAID");
        Notice bare = way.unpaid(way.payment(no, 101));
        for (String name : way.needed()) {
            if (!name.equals(way.statusField()) && !name.equals(way.formField()) && !name.equals("trxcode")) {
                bare.without(name);
            }
        }
        unchanged(way, no, bare, "NOT_PAID");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_ofUnknownOrder_isUnknownOrder(SenderUnderTest way) {
        String no = Shop.newOrderNo();
        Notice payment = way.payment(no, 101);
        post(way, payment).answers(way.words(), "UNKNOWN_ORDER").logs(columns(way, payment, no, 101));
        String others = shop.order("another merchant", 101);
        post(way, way.payment(others, 101)).answers(way.words(), "UNKNOWN_ORDER");
        assertEquals("PENDING", shop.orderRow("another merchant", others).get("status"));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_ofAnotherAmountOrCurrency_isAmountMismatch(SenderUnderTest way) {
        String no = order(way);
        for (long fen : new long[] {0, 100, 102, 10_100}) {
            Notice payment = way.payment(no, fen);
            unchanged(way, no, payment, "AMOUNT_MISMATCH")
                    .logs(columns(way, payment, no, fen))
                    .detail("101", Long.toString(fen));
        }
        shop.database().execute("update payment_order set currency = 'USD' where out_trade_no = ?", no);
        unchanged(way, no, way.payment(no, 101), "AMOUNT_MISMATCH").detail("USD", "CNY");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void amount_inAnyWriting_isExact(SenderUnderTest way) {
        way.amounts().forEach((text, fen) -> {
            String no = shop.order(way.mchId(), fen);
            post(way, way.payment(no, 1).with(way.amountField(), text))
                    .answers(way.words(), "APPLIED")
                    .column("total_fee", fen);
        });
    }

    @ParameterizedTest
    @MethodSource("ways")
    void amount_thatIsNone_isMalformed(SenderUnderTest way) {
        String no = shop.order(way.mchId(), 100);
        for (String text : way.malformedAmounts()) {
            unchanged(way, no, way.payment(no, 100).with(way.amountField(), text), "MALFORMED")
                    .detail(way.amountField())
                    .column("total_fee", null);
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_ofClosedOrder_isOrderClosed(SenderUnderTest way) {
        String no = order(way);
        shop.database().execute("update payment_order set status = 'CLOSED' where out_trade_no = ?", no);
        unchanged(way, no, way.payment(no, 101), "ORDER_CLOSED");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_ofAnOrderPaidByAnother_isConflict(SenderUnderTest way) {
        String no = order(way);
        shop.database()
                .execute("update payment_order set status = 'PAID', transaction_id = '42' where out_trade_no = ?", no);
        unchanged(way, no, way.payment(no, 101), "CONFLICT");
        unchanged(way, no, way.payment(no, 102), "AMOUNT_MISMATCH");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_ofAnOrderPaidWithoutTransactionId_isConflictIfItHasOne(SenderUnderTest way) {
        String no = order(way);
        shop.database().execute("update payment_order set status = 'PAID' where out_trade_no = ?", no);
        unchanged(way, no, way.payment(no, 101), way.transactionId(no) == null ? "DUPLICATE" : "CONFLICT");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_ofAnotherMerchant_isWrongMerchantAlsoIfItFailed(SenderUnderTest way) {
        String no = order(way);
        way.ofOthers(no, 101).forEach(payment -> unchanged(way, no, payment, "WRONG_MERCHANT"));
        // What failed need not say whose it is; but what it says counts.
        way.ofOthers(no, 101).stream()
                .limit(1)
                .forEach(payment -> unchanged(way, no, way.unpaid(payment), "WRONG_MERCHANT"));
        // The order of the checks: signature before merchant.
        way.ofOthers(no, 101).forEach(payment -> unchanged(way, no, payment.signature(null), "BAD_SIGNATURE"));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_withoutANeededField_isMalformed(SenderUnderTest way) {
        String no = order(way);
        for (String name : way.needed()) {
            if (!name.equals(way.amountField()) || way.amountIsNeeded()) {
                String named = name.equals(way.formField()) ? "" : name;
                unchanged(way, no, way.payment(no, 101).without(name), "MALFORMED")
                        .detail(named);
                unchanged(way, no, way.payment(no, 101).with(name, ""), "MALFORMED")
                        .detail(named);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_withADoubledField_isMalformed(SenderUnderTest way) {
        String no = order(way);
        List<String> names = new ArrayList<>(way.needed());
        names.add("new_field");
        for (String name : names) {
            Notice payment = way.payment(no, 101);
            payment.with("new_field", "1");
            unchanged(way, no, way.payment(no, 101).with("new_field", "1").twice(name, "9"), "MALFORMED");
            unchanged(way, no, payment.twiceInDisguise(name, payment.value(name)), "MALFORMED");
        }
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_changedAfterSigning_isBadSignature(SenderUnderTest way) {
        String no = order(way);
        String other = order(way);
        Exchange exchange =
                unchanged(way, no, way.payment(no, 1).tamper(way.amountField(), way.amount(101)), "BAD_SIGNATURE");
        // What the callback says is logged, believed or not.
        exchange.column("out_trade_no", way.readBeforeVerified() ? no : null)
                .column("total_fee", way.readBeforeVerified() ? 101L : null)
                .column("event", way.readBeforeVerified() ? "PAYMENT" : null);
        unchanged(way, no, way.payment(other, 101).tamper(way.orderField(), no), "BAD_SIGNATURE");
        unchanged(way, no, way.payment(no, 101).tamper("new_field", "1"), "BAD_SIGNATURE");
        unchanged(way, no, way.payment(no, 101).with("new_field", "1").tamper("new_field", null), "BAD_SIGNATURE");
        unchanged(
                way,
                no,
                way.unpaid(way.payment(no, 101))
                        .tamper(way.statusField(), way.payment(no, 101).value(way.statusField())),
                "BAD_SIGNATURE");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_notSignedByTheAccountsKey_isBadSignature(SenderUnderTest way) {
        String no = order(way);
        unchanged(way, no, way.payment(no, 101).signature(null), "BAD_SIGNATURE");
        unchanged(way, no, way.payment(no, 101).signedBy(way.otherKey()), "BAD_SIGNATURE");
        for (String text : way.noSignatures()) {
            unchanged(way, no, way.payment(no, 101).signature(text), "BAD_SIGNATURE");
        }
        // The order of the checks: signature before fields.
        unchanged(way, no, way.payment(no, 101).signature(null).without(way.amountField()), "BAD_SIGNATURE");
        unchanged(way, no, way.unpaid(way.payment(no, 101)).signature(null), "BAD_SIGNATURE");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void payment_withFieldsThatNobodyKnows_isApplied(SenderUnderTest way) {
        String no = order(way);
        Notice payment = way.payment(no, 101)
                .with("new_field", "深圳 & 1+1=2 100% a%20b + \" ' < > ; ? # / \\ 😀")
                .with("a", "1")
                .with("Z_9", "2")
                .with("zz.long-name", "3");
        post(way, payment).answers(way.words(), "APPLIED").logs(columns(way, payment, no, 101));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void method_otherThanTheSenders_is405WithEmptyBodyAndNoRow(SenderUnderTest way) {
        String no = order(way);
        long before = shop.lastLogId();
        Request request = way.payment(no, 101).request(shop.pay(way.account()));
        List<String> methods = new ArrayList<>(List.of("PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"));
        if (!way.getIsFine()) {
            methods.add("GET");
        }
        for (String method : methods) {
            Answer answer = request.withMethod(method).sendRaw();
            assertEquals(405, answer.status(), method);
            assertEquals("", answer.text(), method);
            assertEquals(way.getIsFine() ? "GET, POST" : "POST", answer.header("Allow"), method);
        }
        assertEquals(before, shop.lastLogId());
        assertEquals("PENDING", row(way, no).get("status"));
    }

    @ParameterizedTest
    @MethodSource("ways")
    void nothing_isRefused(SenderUnderTest way) {
        Request request = way.payment("x", 101).request(shop.pay(way.account()));
        Request nothing = new Request(request.method(), request.uri(), null, List.of(), new byte[0]);
        // No pair is a readable form, but no object is no readable JSON.
        Exchange.of(shop, way.account(), nothing::send)
                .answers(way.words(), way.channel().equals("lakala") ? "MALFORMED" : "BAD_SIGNATURE")
                .column("channel", way.channel())
                .column("body", "");
    }

    @ParameterizedTest
    @MethodSource("ways")
    void body_ofExactlyTheLimit_isTakenAndOneByteMoreIsNot(SenderUnderTest way) {
        if (!way.inBody()) {
            return;
        }
        String no = order(way);
        Notice most = padded(way, no, MAX_BYTES);
        post(way, most).answers(way.words(), "APPLIED").logs(columns(way, most, no, 101));
        Map<String, Object> columns = new LinkedHashMap<>();
        Notice more = padded(way, no, MAX_BYTES + 1);
        columns.put("channel", way.channel());
        columns.put("body", more.request(shop.pay(way.account())).data().substring(0, MAX_BYTES));
        columns.put("headers", way.headers(more));
        post(way, more).answers(way.words(), "TOO_LARGE").logs(columns);
    }

    /** A new order of 101 fen. */
    final String order(SenderUnderTest way) {
        return shop.order(way.mchId(), 101);
    }

    final Map<String, Object> row(SenderUnderTest way, String no) {
        return shop.orderRow(way.mchId(), no);
    }

    final Exchange post(SenderUnderTest way, Notice notice) {
        Request request = notice.request(shop.pay(way.account()));
        return Exchange.of(shop, way.account(), request::send);
    }

    /** This outcome, and the order as it was. */
    final Exchange unchanged(SenderUnderTest way, String no, Notice notice, String outcome) {
        Map<String, Object> before = row(way, no);
        Exchange exchange = post(way, notice).answers(way.words(), outcome);
        assertEquals(before, row(way, no));
        return exchange;
    }

    /** What the row of a payment must hold. */
    final Map<String, Object> columns(SenderUnderTest way, Notice notice, String no, long fen) {
        Map<String, Object> columns = new LinkedHashMap<>();
        columns.put("channel", way.channel());
        columns.put("event", "PAYMENT");
        columns.put("mch_id", way.mchId());
        columns.put("out_trade_no", no);
        columns.put("transaction_id", way.transactionId(no));
        columns.put("total_fee", fen);
        columns.put("currency", "CNY");
        columns.put("body", notice.request(shop.pay(way.account())).data());
        columns.put("headers", way.headers(notice));
        return columns;
    }

    /** A rightly signed payment of so many bytes; the signature's own length, once escaped, varies with what it signs. */
    private Notice padded(SenderUnderTest way, String no, int bytes) {
        int length = bytes;
        for (int attempt = 100; attempt < 1000; attempt++) {
            Notice payment = way.payment(no, 101).with("new_field", attempt + "x".repeat(length - 3));
            int excess = payment.request(shop.pay(way.account())).body().length - bytes;
            if (excess == 0) {
                return payment;
            }
            length -= excess;
        }
        throw new AssertionError("no payment of this length [bytes=" + bytes + "]");
    }
}
