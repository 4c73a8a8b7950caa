package paynotify.bill;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.message.BillLine;
import paynotify.message.BillReader;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.sender.Bill;
import paynotify.store.BillComparison;
import paynotify.store.Bills;
import paynotify.store.Bills.Claim;
import paynotify.store.Bills.End;
import paynotify.store.Bills.State;
import paynotify.store.Unavailable;

/**
 * Takes a bill's file over into the store. It is read twice: to its end before anything of it is believed, then line by line
 * into the tables, and compared. Immutable.
 */
final class BillFile {
    private final String mchId;
    private final Bill bill;
    private final Bills bills;

    BillFile(String mchId, Bill bill, Bills bills) {
        this.mchId = mchId;
        this.bill = bill;
        this.bills = bills;
    }

    /** What a whole bill comes to. */
    private static final class Totals {
        private int lines;
        private int lastLine;
        private long paidFee;
        private long refundFee;

        void add(BillLine line) {
            lines++;
            lastLine = line.line();
            if (line.state().equals(BillLine.SUCCESS)) {
                paidFee += line.totalFee();
            }
            refundFee += line.refundFee();
        }
    }

    /**
     * Reads what lies in the spool.
     *
     * @param sha1 that it must have; null where the sender tells none
     * @return what became of it
     * @throws IOException if the spool can't be read a second time
     */
    End store(Claim claim, Spool spool, @Nullable String sha1, Download.Alive alive)
            throws IOException, Unavailable, Bills.NotOurs {
        Totals totals;
        try {
            totals = check(spool, sha1, alive);
        } catch (Malformed e) {
            return End.without(State.UNUSABLE, e.detail(), false);
        } catch (IOException e) {
            return End.without(State.UNUSABLE, "expected a file that can be unpacked, found " + e, false);
        }
        return add(claim, spool, totals);
    }

    /** Reads it to its end: only then it is known to be whole. */
    private Totals check(Spool spool, @Nullable String sha1, Download.Alive alive)
            throws IOException, Malformed, Unavailable, Bills.NotOurs {
        Totals totals = new Totals();
        Spool.Unpacked unpacked = spool.read();
        BillReader reader = new BillReader(unpacked);
        for (BillLine line = reader.next(); line != null; line = reader.next()) {
            if (line.mchId() != null && !line.mchId().equals(mchId)) {
                throw new Malformed("line " + line.line() + ", column 商户号: expected " + Text.quoted(mchId) + ", found "
                        + Text.quoted(line.mchId()));
            }
            totals.add(line);
            if (totals.lines % BillComparison.LINES == 0) {
                alive.renew();
            }
        }
        String hash = unpacked.hash();
        if (sha1 != null && !hash.equalsIgnoreCase(sha1)) {
            throw new Malformed("expected a file with the SHA-1 " + sha1 + ", found " + hash);
        }
        return totals;
    }

    private End add(Claim claim, Spool spool, Totals totals) throws IOException, Unavailable, Bills.NotOurs {
        bills.clear(claim);
        List<Bills.Line> lines = new ArrayList<>();
        BillReader reader = new BillReader(spool.read());
        try {
            for (BillLine line = reader.next(); line != null; line = reader.next()) {
                lines.add(new Bills.Line(line, bill.takes(line.appId(), line.subMchId())));
                if (lines.size() == BillComparison.LINES) {
                    bills.add(claim, lines);
                    lines.clear();
                }
            }
        } catch (Malformed e) {
            throw new IOException("the file has changed: " + e.detail(), e);
        }
        if (!lines.isEmpty()) {
            bills.add(claim, lines);
        }
        BillComparison comparison = bills.comparison(claim);
        comparison.lines(totals.lastLine);
        return new End(State.COMPLETE, totals.lines, totals.paidFee, totals.refundFee, comparison.found(), null, false);
    }
}
