package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.Postgres;
import paynotify.kit.PromQl;
import paynotify.kit.Receiver;
import paynotify.kit.Scrape;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;
import paynotify.kit.Wait;
import paynotify.kit.Wechat;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV3Callback;

/** The alert rules and the dashboard name only what a scrape has, and docs and scrape name the same. */
class MonitoringIT {
    private static final Path ALERTS = Path.of("tomcat-conf/prometheus-alerts.yml");
    private static final Path DASHBOARD = Path.of("tomcat-conf/grafana-dashboard.json");
    private static final Pattern EXPR = Pattern.compile("(?m)^        expr: (.+)$");
    private static final Pattern ALERT = Pattern.compile("(?m)^      - alert: (\\w+)$");
    private static final Pattern LABEL_VALUES = Pattern.compile("label_values\\((\\w+), (\\w+)\\)");
    private static final Pattern DOCUMENTED = Pattern.compile("(?m)^\\| `(notify_\\w+)` \\| (\\w+) \\|");
    private static final Duration SOON = Duration.ofSeconds(60);

    @Test
    void rulesAndDashboard_nameOnlyWhatIsServed() throws IOException {
        List<String> expressions = new ArrayList<>(alerts());
        expressions.addAll(dashboard());
        assertTrue(expressions.size() >= 35, "expressions: " + expressions.size());
        Map<String, Set<String>> named = new TreeMap<>();
        for (String expression : expressions) {
            PromQl.metrics(expression).forEach((name, labels) -> named.computeIfAbsent(name, key -> new TreeSet<>())
                    .addAll(labels));
        }
        // Prometheus' own.
        named.remove("up");
        Wechat wechat = Wechat.start();
        String secret = Receiver.newSecret(24);
        Receiver receiver = Receiver.start(secret);
        Database database = Postgres.shared().newDatabase();
        try (Tomcat tomcat = Shop.tomcat(TomcatVersion.TOMCAT_11, database, "")
                .properties(InquiryIT.properties(database, wechat)
                        + "account.v3.api-v3-key = " + Shop.V3_KEY
                        + "\nwebhook.url = " + receiver.url("/hooks/payment") + "\nwebhook.secret = " + secret
                        + "\nmetrics = on\nlog.unverified-per-second = 1\n")
                .file("conf/merchant.pem", Shop.key("merchant_private.pem"))
                .start()) {
            Shop shop = InquiryIT.open(tomcat, database);
            Set<String> served = new TreeSet<>(named.keySet());
            served.addAll(documented().keySet());
            haveItHappen(shop, wechat);
            Wait.until(
                    SOON,
                    () -> names(scrape(tomcat)).containsAll(served),
                    () -> "not served: " + missing(served, names(scrape(tomcat))));
            Scrape scrape = scrape(tomcat);
            named.forEach((name, labels) -> {
                if (served.contains(name)) {
                    assertTrue(
                            scrape.labelNames(name).containsAll(labels),
                            name + " has no such label: " + labels + ", but " + scrape.labelNames(name));
                }
            });
            documented().forEach((name, type) -> {
                if (served.contains(name)) {
                    assertEquals(type, scrape.type(name), name);
                }
            });
            for (String name : scrape.names()) {
                String family = name.replaceFirst("_(bucket|count|sum)$", "");
                assertTrue(
                        !name.startsWith("notify_") || documented().containsKey(family), name + " is not on the page");
            }
        } finally {
            wechat.close();
            receiver.close();
        }
    }

    private static Scrape scrape(Tomcat tomcat) {
        return Scrape.of(tomcat.uri("/notify/metrics"));
    }

    private static Set<String> names(Scrape scrape) {
        Set<String> names = scrape.names();
        for (String name : List.copyOf(names)) {
            names.add(name.replaceFirst("_(bucket|count|sum)$", ""));
        }
        return names;
    }

    private static Set<String> missing(Set<String> wanted, Set<String> found) {
        Set<String> missing = new TreeSet<>(wanted);
        missing.removeAll(found);
        return missing;
    }

    /** A callback of each form, a flood, a question, a bill with a difference. */
    private static void haveItHappen(Shop shop, Wechat wechat) {
        String no = shop.order(Shop.OTHER_MCH_ID, 101);
        WechatV3Callback callback = WechatV3Callback.signed(
                WechatV3Callback.notification(
                        "TRANSACTION.SUCCESS", WechatV3Callback.transaction(Shop.OTHER_MCH_ID, no, 101), Shop.V3_KEY),
                Instant.now().getEpochSecond(),
                Shop.PLATFORM_SERIAL,
                Shop.key("wechat_platform_private.pem"));
        Http.post(
                shop.pay("v3"),
                callback.body(),
                callback.headers().entrySet().stream()
                        .flatMap(header -> Stream.of(header.getKey(), header.getValue()))
                        .toArray(String[]::new));
        byte[] forged = WechatV2Callback.payment(Shop.MCH_ID, no, 101).body(Shop.OTHER_KEY);
        for (int i = 0; i < 10; i++) {
            Http.post(shop.pay("wechat"), forged);
        }
        String lost = shop.order(Shop.MCH_ID, 101);
        wechat.books().order(Shop.MCH_ID, lost, "SUCCESS", 101);
        shop.database()
                .execute(
                        "insert into payment_bill (mch_id, bill_date, account, state)"
                                + " values (?, current_date - 1, 'wechat', 'COMPLETE')",
                        Shop.MCH_ID);
        shop.database()
                .execute(
                        "insert into payment_bill_difference (mch_id, bill_date, kind, out_trade_no, detail)"
                                + " values (?, current_date - 1, 'PAID_UNKNOWN', 'A-1', 'the test says so')",
                        Shop.MCH_ID);
    }

    private static Map<String, String> documented() {
        Map<String, String> types = new TreeMap<>();
        try {
            Matcher row = DOCUMENTED.matcher(Files.readString(Path.of("src/docs/metrics.md")));
            while (row.find()) {
                types.put(row.group(1), row.group(2));
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        assertEquals(16, types.size(), types::toString);
        return types;
    }

    private static List<String> alerts() throws IOException {
        String text = Files.readString(ALERTS);
        List<String> expressions = all(EXPR, text);
        List<String> names = all(ALERT, text);
        assertEquals(names.size(), Set.copyOf(names).size(), "names of alerts");
        assertEquals(names.size(), expressions.size());
        for (String needed : List.of(
                "NotifyOwnFaults",
                "NotifyAttention",
                "NotifyEventBacklog",
                "NotifyKeyExpires",
                "NotifyClockSkew",
                "NotifyNoCallback",
                "NotifyBillMissing")) {
            assertTrue(names.contains(needed), needed);
        }
        return expressions;
    }

    private static List<String> all(Pattern pattern, String text) {
        return pattern.matcher(text).results().map(found -> found.group(1)).toList();
    }

    /** All expressions and queries of variables, from a file that must be JSON. */
    private static List<String> dashboard() throws IOException {
        List<String> expressions = new ArrayList<>();
        try (JsonParser json = new JsonFactory().createParser(Files.readString(DASHBOARD))) {
            for (JsonToken token = json.nextToken(); token != null; token = json.nextToken()) {
                if (token == JsonToken.VALUE_STRING && "expr".equals(json.currentName())) {
                    expressions.add(json.getText());
                } else if (token == JsonToken.VALUE_STRING && "definition".equals(json.currentName())) {
                    Matcher values = LABEL_VALUES.matcher(json.getText());
                    assertTrue(values.matches(), json.getText());
                    expressions.add("sum by (" + values.group(2) + ") (" + values.group(1) + ")");
                }
            }
        }
        return expressions;
    }
}
