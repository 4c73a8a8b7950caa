package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads WeChat Pay's trade bill (protocol-2.md, section 8), row by row, in the memory of one row. No CSV library knows this
 * form: values have a backtick in front and no quotes, names hold commas, quotes, line ends and even separators as they
 * are. Columns are found by their names. Every refusal says line, column and why. Belongs to one thread.
 */
public final class BillReader {
    private static final byte[] BACKTICK = {'`'};
    private static final byte[] SUMMARY = BillSums.ROWS.getBytes(UTF_8);
    private static final byte[] XML = {'<'};

    private static final Pattern STATE = Pattern.compile("[A-Z_]{1,32}");
    private static final Pattern CURRENCY = Pattern.compile("[A-Z]{3}");
    private static final String CNY = "CNY";
    /** What stands for nothing, beside the empty text. */
    private static final String ZERO = "0";

    private static final int TIME_CHARS = "2025-06-01 12:00:05".length();

    private final BillLines lines;
    private final BillRow row = new BillRow();
    private @Nullable Columns columns;
    private boolean ended;

    /** What is read of each row, by its place in the header. */
    private static final class Columns {
        private final BillHeader header;
        private final BillSums sums;
        private final int tradedAt;
        private final int acceptedAt;
        private final int appId;
        private final int mchId;
        private final int subMchId;
        private final int transactionId;
        private final int outTradeNo;
        private final int state;
        private final int currency;
        private final int refundId;
        private final int outRefundNo;
        private final int totalFee;
        private final int refundFee;
        /** The first and the last of the columns that the shop writes, in which a separator may stand. */
        private final int freeFrom;

        private final int freeTo;
        /** How many values of this row are one too many. */
        private int surplus;

        Columns(BillHeader header) throws Malformed {
            this.header = header;
            this.sums = new BillSums(header);
            this.tradedAt = header.required("交易时间");
            this.acceptedAt = header.find("退款申请时间");
            this.appId = header.find("公众账号ID");
            this.mchId = header.find("商户号");
            this.subMchId = header.find("特约商户号", "子商户号");
            this.transactionId = header.required("微信订单号");
            this.outTradeNo = header.required("商户订单号");
            this.state = header.required("交易状态");
            this.currency = header.find("货币种类");
            this.refundId = header.find("微信退款单号");
            this.outRefundNo = header.find("商户退款单号");
            this.totalFee = header.required("订单金额", "总金额");
            this.refundFee = header.find("申请退款金额", "退款金额");
            this.freeFrom = header.find("商品名称");
            this.freeTo = header.find("商户数据包");
        }
    }

    /** @param in from which no more is read than the bill; not closed */
    public BillReader(InputStream in) {
        this.lines = new BillLines(in);
    }

    /**
     * The next row; null after the last one, when the summary has been found to agree with all rows.
     *
     * @throws Malformed if this is no bill, or not a whole one: then nothing that came before may be used either
     */
    public @Nullable BillLine next() throws IOException, Malformed {
        if (ended) {
            return null;
        }
        Columns known = columns;
        if (known == null) {
            known = header();
            columns = known;
        }
        int width = known.header.size();
        while (lines.next()) {
            if (!row.isOpen() || row.values() >= width) {
                if (lines.startsWith(BACKTICK)) {
                    BillLine line = row.isOpen() ? line(known) : null;
                    row.begin(lines);
                    if (line != null) {
                        return line;
                    }
                } else if (lines.startsWith(SUMMARY)) {
                    BillLine line = row.isOpen() ? line(known) : null;
                    row.close();
                    summary(known);
                    ended = true;
                    return line;
                } else if (row.isOpen()) {
                    // A line's end in the last text that there is.
                    row.goOn(lines);
                } else if (!lines.isEmpty()) {
                    throw fault(1, "a row that begins with ` or the summary " + BillSums.ROWS, shown());
                }
            } else if (beginsLikeRow()) {
                throw missing(known);
            } else {
                // A line's end inside a name, whatever stands behind it.
                row.goOn(lines);
            }
        }
        if (row.isOpen() && row.values() < width) {
            throw missing(known);
        }
        throw new Malformed("line " + (lines.number() + 1) + ", column 1: expected a row or the summary "
                + BillSums.ROWS + ", found the end of the file");
    }

    private Columns header() throws IOException, Malformed {
        if (!lines.next()) {
            throw new Malformed("line 1, column 1: expected the names of the columns, found an empty file");
        }
        if (lines.startsWith(XML)) {
            throw fault(1, "the names of the columns", shown());
        }
        return new Columns(BillHeader.read(lines));
    }

    private String shown() {
        return Text.quoted(new String(lines.bytes(), lines.from(), Math.min(lines.to() - lines.from(), 4 * 64), UTF_8));
    }

    private Malformed fault(int column, String expected, String found) {
        return new Malformed(
                "line " + lines.number() + ", column " + column + ": expected " + expected + ", found " + found);
    }

    private Malformed missing(Columns known) {
        return new Malformed("line " + row.line() + ", column " + (row.values() + 1) + " "
                + known.header.name(row.values()) + ": expected " + known.header.size() + " values, found "
                + row.values());
    }

    /** {@code `2025-06-01 12:00:05,`}: no goods have such a name. */
    private boolean beginsLikeRow() {
        if (!lines.startsWith(BACKTICK) || lines.to() - lines.from() < TIME_CHARS + 3) {
            return false;
        }
        byte[] bytes = lines.bytes();
        int from = lines.from() + 1;
        return bytes[from + 4] == '-'
                && bytes[from + 7] == '-'
                && bytes[from + 10] == ' '
                && bytes[from + 13] == ':'
                && bytes[from + 16] == ':'
                && bytes[from + TIME_CHARS] == ','
                && bytes[from + TIME_CHARS + 1] == '`';
    }

    /** The row as it stands; with more values than columns, a separator stood in what the shop writes. */
    private BillLine line(Columns c) throws Malformed {
        c.surplus = row.values() - c.header.size();
        if (c.surplus > 0 && (c.freeFrom == BillHeader.NONE || c.freeTo < c.freeFrom)) {
            throw new Malformed("line " + row.line() + ", column " + (c.header.size() + 1) + ": expected "
                    + c.header.size() + " values, found " + row.values());
        }
        c.sums.add(row.line(), column -> value(c, column));
        String state = checked(c, c.state, STATE, "a state in capital letters");
        boolean paid = state.equals(BillLine.SUCCESS);
        String accepted = c.acceptedAt == BillHeader.NONE || paid ? "" : value(c, c.acceptedAt);
        int timeColumn = accepted.isEmpty() ? c.tradedAt : c.acceptedAt;
        String currency = c.currency == BillHeader.NONE || value(c, c.currency).isEmpty()
                ? CNY
                : checked(c, c.currency, CURRENCY, "a currency of three letters");
        return new BillLine(
                row.line(),
                Times.dateAndTime(place(c, timeColumn), value(c, timeColumn)),
                state,
                optional(c, c.appId),
                optional(c, c.mchId),
                optional(c, c.subMchId),
                required(c, c.outTradeNo),
                required(c, c.transactionId),
                optional(c, c.outRefundNo),
                optional(c, c.refundId),
                fen(c, c.totalFee),
                c.refundFee == BillHeader.NONE ? 0 : fen(c, c.refundFee),
                currency);
    }

    private String value(Columns c, int column) {
        return row.value(c.surplus > 0 && column > c.freeTo ? column + c.surplus : column);
    }

    private String checked(Columns c, int column, Pattern pattern, String expected) throws Malformed {
        String text = value(c, column);
        if (!pattern.matcher(text).matches()) {
            throw c.header.fault(row.line(), column, expected, text);
        }
        return text;
    }

    private String place(Columns c, int column) {
        return "line " + row.line() + ", column " + (column + 1) + " " + c.header.name(column);
    }

    private String required(Columns c, int column) throws Malformed {
        String text = value(c, column);
        if (text.isEmpty()) {
            throw c.header.fault(row.line(), column, "a number", text);
        }
        return Text.identifier(place(c, column), text);
    }

    private @Nullable String optional(Columns c, int column) throws Malformed {
        String text = column == BillHeader.NONE ? "" : value(c, column);
        return text.isEmpty() || text.equals(ZERO) ? null : Text.identifier(place(c, column), text);
    }

    private long fen(Columns c, int column) throws Malformed {
        Long fen = Yuan.parseFenOrNull(value(c, column));
        if (fen == null) {
            throw c.header.fault(row.line(), column, "an amount in yuan with at most two decimals", value(c, column));
        }
        return fen;
    }

    /** The names of the sums are read; then come the sums, and nothing more. */
    private void summary(Columns c) throws IOException, Malformed {
        BillHeader names = BillHeader.read(lines);
        BillRow sums = new BillRow();
        while (lines.next()) {
            if (sums.isOpen() && !lines.isEmpty()) {
                throw fault(1, "the end of the file behind the summary", shown());
            }
            if (lines.startsWith(BACKTICK)) {
                sums.begin(lines);
            } else if (!lines.isEmpty()) {
                throw fault(1, "the values of the summary, that begin with `", shown());
            }
        }
        if (!sums.isOpen() || sums.values() != names.size()) {
            int line = sums.isOpen() ? sums.line() : lines.number() + 1;
            int found = sums.isOpen() ? sums.values() : 0;
            throw new Malformed("line " + line + ", column " + (Math.min(found, names.size()) + 1) + ": expected "
                    + names.size() + " values of the summary, found " + found);
        }
        c.sums.check(names, sums.line(), sums::value);
    }
}
