package paynotify.message;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a bill's rows add up to, and whether its summary says the same: the only proof that a bill is whole, for no
 * signature is over it (protocol-2.md, section 8.4). Belongs to one thread.
 */
final class BillSums {
    static final String ROWS = "总交易单数";

    private static final int FEN_DIGITS = 2;
    /** Fees have five decimals, refunded ones a minus sign; three more do no harm. */
    private static final int FEE_DIGITS = 8;

    private static final String FEE = "手续费";
    private static final Pattern FEE_FORM = Pattern.compile("-?[0-9]{1,10}(\\.[0-9]{1," + FEE_DIGITS + "})?");
    private static final Pattern SUM_FORM = Pattern.compile("-?[0-9]{1,18}(\\.[0-9]{1," + FEE_DIGITS + "})?");

    /** A column, and what its sum is called in the summary; the last four are those of bills before 2018. */
    private static final List<List<String>> SUMS = List.of(
            List.of("应结订单金额", "应结订单总金额", "总交易额"),
            List.of("退款金额", "退款总金额", "总退款金额"),
            List.of("充值券退款金额", "充值券退款总金额"),
            List.of(FEE, "手续费总金额"),
            List.of("订单金额", "订单总金额"),
            List.of("申请退款金额", "申请退款总金额"),
            List.of("总金额", "总交易额"),
            List.of("企业红包退款金额", "总企业红包退款金额"),
            List.of("代金券或立减优惠退款金额", "总代金券或立减优惠退款金额"));

    private final BillHeader header;
    private final List<Sum> sums = new ArrayList<>();
    private int rows;

    private static final class Sum {
        private final List<String> names;
        private final int column;
        private final boolean fee;
        /** In fen, or for fees in 1e-8 yuan. */
        private long value;

        Sum(List<String> names, int column) {
            this.names = names;
            this.column = column;
            this.fee = names.get(0).equals(FEE);
        }
    }

    BillSums(BillHeader header) {
        this.header = header;
        for (List<String> names : SUMS) {
            int column = header.find(names.get(0));
            if (column != BillHeader.NONE) {
                sums.add(new Sum(names, column));
            }
        }
    }

    /** One row's values, by column. */
    @FunctionalInterface
    interface Values {
        String value(int column);
    }

    void add(int line, Values row) throws Malformed {
        rows++;
        for (Sum sum : sums) {
            String text = row.value(sum.column);
            Long value = parse(sum, text);
            if (value == null) {
                throw header.fault(
                        line,
                        sum.column,
                        sum.fee
                                ? "a fee in yuan with at most " + FEE_DIGITS + " decimals"
                                : "an amount in yuan with at most two decimals",
                        text);
            }
            try {
                sum.value = Math.addExact(sum.value, value);
            } catch (ArithmeticException e) {
                throw header.fault(line, sum.column, "a sum that fits 64 bits", text);
            }
        }
    }

    private static @Nullable Long parse(Sum sum, String text) {
        if (!sum.fee) {
            return Yuan.parseFenOrNull(text);
        }
        return FEE_FORM.matcher(text).matches()
                ? (Long) new BigDecimal(text).movePointRight(FEE_DIGITS).longValueExact()
                : null;
    }

    /** Compares with the summary: the number of rows, and each sum whose column is there. */
    void check(BillHeader summary, int line, Values values) throws Malformed {
        int count = summary.required(ROWS);
        if (!Integer.toString(rows).equals(values.value(count))) {
            throw summary.fault(line, count, rows + " as there are rows", values.value(count));
        }
        for (Sum sum : sums) {
            for (String name : sum.names.subList(1, sum.names.size())) {
                int column = summary.find(name);
                // 总交易额 is the sum of the column that the bill has for it.
                if (column != BillHeader.NONE && !isSame(sum, values.value(column))) {
                    throw summary.fault(line, column, shown(sum) + " as the rows add up to", values.value(column));
                }
            }
        }
    }

    /** A sum may be below zero, where more was given back than paid. */
    private static boolean isSame(Sum sum, String text) {
        return SUM_FORM.matcher(text).matches() && new BigDecimal(text).compareTo(exact(sum)) == 0;
    }

    private static BigDecimal exact(Sum sum) {
        return BigDecimal.valueOf(sum.value, sum.fee ? FEE_DIGITS : FEN_DIGITS);
    }

    private static String shown(Sum sum) {
        BigDecimal exact = exact(sum);
        return (sum.fee && exact.signum() != 0 ? exact.stripTrailingZeros() : exact).toPlainString();
    }
}
