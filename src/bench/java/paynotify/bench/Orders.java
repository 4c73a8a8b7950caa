package paynotify.bench;

import java.util.List;
import java.util.stream.IntStream;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;

/** The shop, which places orders. */
final class Orders {
    private final Postgres postgres;
    private final Database database;
    private int runs;

    Orders(Postgres postgres, Database database) {
        this.postgres = postgres;
        this.database = database;
    }

    /** So many more, and the database has seen to its past: no run pays for another's checkpoint. */
    List<String> place(String prefix, int count) {
        String numbers = prefix + ++runs + "-";
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee) select ?, ? || i, ? from generate_series(1, ?) i",
                Shop.MCH_ID,
                numbers,
                Sample.TOTAL_FEE,
                count);
        postgres.admin("postgres").execute("checkpoint");
        return IntStream.rangeClosed(1, count).mapToObj(i -> numbers + i).toList();
    }
}
