package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import paynotify.kit.Answer;
import paynotify.kit.Database;
import paynotify.kit.History;
import paynotify.kit.NoSecretInLogs;
import paynotify.kit.Postgres;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;

/** The operator's page with the grants that README.md tells, word by word, and not one more. */
@ExtendWith(NoSecretInLogs.class)
class AdminRightsIT {
    private static Database owner;
    private static Shop shop;

    @BeforeAll
    static void start() {
        Database first = Postgres.shared().newDatabase();
        first.execute("create schema notify");
        owner = first.inSchema("notify");
        AdminClient.open(TomcatVersion.TOMCAT_11, owner).close();
        History.write(owner, 500, 30);
        Database runtime = owner.as(owner.user() + "_run", "pw-" + Long.toHexString(System.nanoTime()));
        Database admin = Postgres.shared().admin(owner.user());
        RightsIT.readmeGrants(runtime).forEach(admin::execute);
        shop = Shop.of(
                AdminClient.tomcat(TomcatVersion.TOMCAT_11, runtime, "db.schema = check\n")
                        .start(),
                "notify",
                owner);
        shop.awaitUp();
    }

    @AfterAll
    static void stop() {
        if (shop != null) {
            shop.close();
        }
    }

    private static long row() {
        return ((Number) owner.value("select min(id) from payment_log where out_trade_no = ?", History.STORY))
                .longValue();
    }

    @Test
    void pages_areAllShown() {
        AdminClient viewer = new AdminClient(shop, AdminClient.VIEWER);
        Object transaction =
                owner.value("select transaction_id from payment_log where transaction_id is not null limit 1");
        for (String page : List.of(
                "/",
                "/?span=7d",
                "/?span=30d",
                "/attention",
                "/attention?before=1000000",
                "/search",
                "/search?account=wechat&outcome=CONFLICT&from=2020-01-01T00:00",
                "/search?q=" + History.STORY,
                "/search?q=R-" + History.STORY,
                "/search?q=" + transaction,
                "/search?q=" + row(),
                "/order?mch_id=" + History.MCH_ID + "&out_trade_no=" + History.STORY,
                "/row/" + row(),
                "/bills",
                "/bills?mch_id=" + History.MCH_ID + "&bill_date="
                        + owner.value("select max(bill_date)::text from payment_bill_difference"),
                "/waiting")) {
            Answer answer = viewer.get(page);
            assertEquals(
                    200,
                    answer.status(),
                    page + "\n" + answer.text() + shop.tomcat().log());
            assertFalse(answer.text().contains("class=\"message bad\""), page + answer.text());
        }
    }

    @Test
    void acts_areAllDone() {
        AdminClient operator = new AdminClient(shop);
        String order = "RIGHTS-" + System.nanoTime();
        String[] about = {
            "mch_id",
            History.MCH_ID,
            "out_trade_no",
            order,
            "out_refund_no",
            "",
            "transaction_id",
            "T",
            "remark",
            "paid back"
        };
        // The second time is another statement to the rights: the row is there.
        for (int i = 0; i < 2; i++) {
            assertDone(operator.act(with(about, "act", "done")));
            assertDone(operator.act(with(about, "act", "ask")));
            assertDone(operator.act("act", "replay", "log_id", String.valueOf(row())));
            assertDone(operator.act(
                    "act", "resend", "event_id", String.valueOf(owner.value("select max(id) from payment_event"))));
        }
        assertEquals(
                AdminClient.OPERATOR,
                owner.value("select done_by from payment_attention_done where out_trade_no = ?", order));
        assertEquals(1, owner.count("payment_inquiry where out_trade_no = ?", order));
        Wait.until(
                Duration.ofSeconds(20),
                () -> owner.count("payment_replay where log_id = ? and done_at > now() - interval '1 minute'", row())
                        == 1,
                shop.tomcat()::log);
    }

    private static String[] with(String[] fields, String name, String value) {
        String[] all = new String[fields.length + 2];
        all[0] = name;
        all[1] = value;
        System.arraycopy(fields, 0, all, 2, fields.length);
        return all;
    }

    private static void assertDone(Answer answer) {
        assertEquals(303, answer.status(), answer.text() + shop.tomcat().log());
        assertTrue(answer.header("Location").contains("did="), answer.header("Location"));
    }
}
