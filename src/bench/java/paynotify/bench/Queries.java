package paynotify.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import paynotify.kit.Database;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;

/**
 * The questions of dba.md, and those to the views about one order and one day, on a log of two years: how long each takes,
 * and whether its plan reads a month from one end to the other. Prints what a row costs in table and indexes, too.
 */
final class Queries {
    private static final int ROWS = 5_000_000;
    private static final int MONTHS = 24;
    /** Of a thousand rows, two were not applied, and one of these is still open: 5,000 open cases. */
    private static final int ATTENTION_OF = 1_000;

    private static final int RUNS = 5;
    private static final int MS_MAX = 50;
    private static final String MERCHANT = Shop.MCH_ID;

    private static final Map<String, String> COUNTS = Map.of(
            "the gauge notify_attention",
            "select outcome, count(*) from payment_attention group by outcome",
            "the operator's page of cases",
            "select * from payment_attention order by log_id desc limit 51");

    private final int rows;

    Queries(Options options) {
        this.rows = options.rows() == 0 ? ROWS : options.rows();
    }

    /** @throws IllegalStateException if one takes longer than the contract allows, or reads a whole month */
    void run() throws IOException {
        List<String> slow = new ArrayList<>();
        try (Postgres postgres = Postgres.start()) {
            Database database = postgres.newDatabase();
            // Makes the tables.
            Tomcat.on(TomcatVersion.TOMCAT_11)
                    .temporary()
                    .properties(Shop.databaseProperties(database) + Shop.account())
                    .start()
                    .close();
            fill(database);
            printStorage(database);
            System.out.printf(
                    "%n%,d rows in %d months%n%-40s %10s  %s%n", rows, MONTHS, "question", "ms", "whole months read");
            questions().forEach((name, sql) -> {
                Answer answer = ask(database, sql);
                System.out.printf(Locale.ROOT, "%-40s %10.1f  %s%n", name, answer.millis, answer.scans);
                if (answer.millis > MS_MAX || !answer.scans.isEmpty()) {
                    slow.add(name);
                }
            });
            // These count all cases, now and then; nobody waits for them by name.
            COUNTS.forEach(
                    (name, sql) -> System.out.printf(Locale.ROOT, "%-40s %10.1f%n", name, ask(database, sql).millis));
        }
        if (!slow.isEmpty()) {
            throw new IllegalStateException("slower than " + MS_MAX + " ms, or reads whole months: " + slow);
        }
    }

    private void fill(Database database) {
        System.out.printf("filling the tables with %,d orders and log rows%n", rows);
        database.execute("select payment_log_add_month((date_trunc('month', now() at time zone 'UTC')"
                + " - n * interval '1 month') at time zone 'UTC') from generate_series(1, " + MONTHS + ") n");
        String number = "'B-' || lpad(n::text, 9, '0')";
        String transaction = "'42000' || lpad(n::text, 23, '0')";
        database.execute(
                "insert into payment_order (mch_id, out_trade_no, total_fee, status, transaction_id, paid_at)"
                        + " select ?, " + number + ", 4990, 'PAID', " + transaction
                        + ", now() from generate_series(1, ?) n",
                MERCHANT,
                rows);
        database.execute(
                "insert into payment_log (received_at, account, channel, event, mch_id, out_trade_no, transaction_id,"
                        + " total_fee, currency, outcome, detail, took_us, body)"
                        + " select now() - (? - n) * (interval '729 days' / ?), 'wechat', 'wechat-v2', 'PAYMENT', ?, "
                        + number
                        + ", case n % ? when 7 then 'x' else '' end || " + transaction + ", 4990, 'CNY', case n % ?"
                        + " when 7 then 'CONFLICT' when 8 then 'UNKNOWN_ORDER' else 'APPLIED' end,"
                        + " 'expected a PENDING order, found it, and set it PAID', 1000 + n % 777, ?"
                        + " from generate_series(1, ?) n",
                rows,
                rows,
                MERCHANT,
                ATTENTION_OF,
                ATTENTION_OF,
                Sample.text("B-"),
                rows);
        database.execute("vacuum analyze payment_order");
        database.execute("vacuum analyze payment_log");
    }

    private void printStorage(Database database) {
        System.out.printf(
                "%nbytes for each row: table %s%n",
                database.value("select sum(pg_table_size(inhrelid))::bigint / " + rows
                        + " from pg_inherits where inhparent = 'payment_log'::regclass"));
        database.rows("select p.indexrelid::regclass::text as name, round(sum(pg_relation_size(i.inhrelid))::numeric / "
                        + rows + ", 1) as bytes from pg_index p join pg_inherits i on i.inhparent = p.indexrelid"
                        + " where p.indrelid = 'payment_log'::regclass group by 1 order by 2 desc")
                .forEach(row -> System.out.printf("%-40s %10s%n", row.get("name"), row.get("bytes")));
    }

    /** Those of the page, but for the one that reads everything; and one order, one day of each view. */
    private Map<String, String> questions() throws IOException {
        Map<String, String> questions = new LinkedHashMap<>();
        Matcher example = Pattern.compile("```sql\n-- ([1-4]\\.) ([^\n]*)\n(.*?);\n```", Pattern.DOTALL)
                .matcher(Files.readString(Path.of("src/docs/dba.md")));
        String order = String.format(Locale.ROOT, "B-%09d", rows / 2 / ATTENTION_OF * ATTENTION_OF + 7);
        while (example.find()) {
            questions.put(
                    "dba.md, " + example.group(1),
                    example.group(3).replace("1230000109", MERCHANT).replace("A-1001", order));
        }
        String oneOrder = " where mch_id = '" + MERCHANT + "' and out_trade_no = '" + order + "'";
        questions.put("payment_attention, one order", "select * from payment_attention" + oneOrder);
        questions.put(
                "payment_attention, one day",
                "select * from payment_attention where last_at >= now() - interval '300 days'"
                        + " and last_at < now() - interval '299 days'");
        questions.put(
                "payment_daily, one day",
                "select * from payment_daily where day = (now() at time zone 'Asia/Shanghai')::date - 300");
        questions.put(
                "log, one transaction",
                "select * from payment_log where mch_id = '" + MERCHANT + "' and transaction_id = 'x42000"
                        + String.format(Locale.ROOT, "%023d", rows / 2 / ATTENTION_OF * ATTENTION_OF + 7) + "'");
        return questions;
    }

    private record Answer(double millis, List<String> scans) {}

    /** The best of several, planning and running together. */
    private static Answer ask(Database database, String sql) {
        double best = Double.MAX_VALUE;
        List<String> scans = List.of();
        for (int run = 0; run < RUNS; run++) {
            double millis = 0;
            scans = new ArrayList<>();
            for (Map<String, Object> row : database.rows("explain (analyze, summary, costs off) " + sql)) {
                String line = row.values().iterator().next().toString();
                if (line.startsWith("Planning Time") || line.startsWith("Execution Time")) {
                    millis += Double.parseDouble(line.replaceAll("[^0-9.]", ""));
                }
                // A month of which there is nothing yet is read in no time.
                if (line.contains("Seq Scan on") && !line.contains("never executed") && !line.contains("rows=0")) {
                    scans.add(line.trim());
                }
            }
            best = Math.min(best, millis);
        }
        return new Answer(best, scans);
    }
}
