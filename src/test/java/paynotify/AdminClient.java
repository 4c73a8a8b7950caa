package paynotify;

import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import paynotify.kit.Answer;
import paynotify.kit.Database;
import paynotify.kit.Http;
import paynotify.kit.Shop;
import paynotify.kit.Tomcat;
import paynotify.kit.TomcatVersion;

/** A person before the operator's page: name, password, links and forms. */
final class AdminClient {
    static final String OPERATOR = "wang.fang";
    static final String VIEWER = "li.lei";
    static final String NOBODY = "zhao.liu";
    static final String PASSWORD = "pw-of-people-3141";

    /** What is wider than the window or than the panel around it, and does not scroll by itself. */
    static final String WIDER = """
            const wide = [];
            if (document.documentElement.scrollWidth > window.innerWidth) {
                for (const e of document.querySelectorAll('main *, header *')) {
                    if (e.getBoundingClientRect().right > window.innerWidth + 1 && !e.closest('.scroll, .raw, svg')) {
                        wide.push(e.tagName + '.' + e.className);
                    }
                }
                wide.push(document.documentElement.scrollWidth + ' px');
            }
            for (const e of document.querySelectorAll('.bar, .panel, .tile, .case, .search')) {
                if (e.scrollWidth > e.clientWidth + 1) wide.push(e.className + ' ' + e.scrollWidth + ' in ' + e.clientWidth);
            }
            return wide;
            """;
    /** Texts whose contrast is below AA's. */
    static final String FAINT = """
            const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
            const rgb = colour => {
                canvas.clearRect(0, 0, 1, 1); canvas.fillStyle = colour; canvas.fillRect(0, 0, 1, 1);
                return [...canvas.getImageData(0, 0, 1, 1).data];
            };
            const light = c => { const [r, g, b] = c.map(v => { v /= 255;
                return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
                return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
            const ground = e => { for (; e; e = e.parentElement) {
                const c = rgb(getComputedStyle(e).backgroundColor); if (c[3] > 250) return c; } return [255, 255, 255, 255]; };
            const faint = [];
            const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
            for (let n = walk.nextNode(); n; n = walk.nextNode()) {
                const e = n.parentElement;
                if (!n.data.trim() || e.closest('svg, .skip') || !e.getClientRects().length) continue;
                const a = light(rgb(getComputedStyle(e).color)), b = light(ground(e));
                const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
                if (ratio < 4.5) faint.push(ratio.toFixed(2) + ' ' + e.tagName + '.' + e.className + ' ' + n.data.slice(0, 20));
            }
            return faint;
            """;
    /** Fields without a label, buttons, links and pictures without a name. */
    static final String UNLABELLED = """
            const named = e => e.innerText.trim() || e.getAttribute('aria-label');
            return [...document.querySelectorAll('input:not([type=hidden]), select')].filter(e => !e.labels.length)
                .concat([...document.querySelectorAll('button, a')].filter(e => !e.classList.contains('skip') && !named(e)))
                .concat([...document.querySelectorAll('svg')].filter(e => !e.getAttribute('aria-label')))
                .map(e => e.outerHTML.slice(0, 120));
            """;
    /** What was loaded from another place than the page itself. */
    static final String FOREIGN = """
            return performance.getEntriesByType('resource').map(e => e.name)
                .filter(name => !name.startsWith(location.origin + '/notify/admin/'));
            """;

    private static final String USERS = """
            <tomcat-users xmlns="http://tomcat.apache.org/xml">
              <user username="%s" password="%4$s" roles="notify-operator"/>
              <user username="%s" password="%4$s" roles="notify-viewer"/>
              <user username="%s" password="%4$s" roles="manager-gui"/>
              <user username="mallory" password="another-password" roles="notify-operator"/>
            </tomcat-users>
            """;
    private static final Pattern TOKEN = Pattern.compile("name=\"token\" value=\"([^\"]+)\"");

    private final Shop shop;
    private final String user;

    AdminClient(Shop shop) {
        this(shop, OPERATOR);
    }

    AdminClient(Shop shop, String user) {
        this.shop = shop;
        this.user = user;
    }

    /** A shop that has it on. */
    static Shop open(TomcatVersion version, Database database) {
        Shop shop = Shop.of(tomcat(version, database).start(), "notify", database);
        shop.awaitUp();
        return shop;
    }

    static Tomcat.Builder tomcat(TomcatVersion version, Database database) {
        return tomcat(version, database, "");
    }

    static Tomcat.Builder tomcat(TomcatVersion version, Database database, String moreProperties) {
        return Shop.tomcat(
                        version,
                        database,
                        "admin = on\naccount.wechat.inquiry = v2\naccount.wechat.app-id = wx8888888888888888\n"
                                + "inquiry.url = http://127.0.0.1:1\n" + moreProperties)
                .file("conf/tomcat-users.xml", users());
    }

    static String users() {
        return USERS.formatted(OPERATOR, VIEWER, NOBODY, PASSWORD);
    }

    static String basic(String user, String password) {
        return "Basic " + Base64.getEncoder().encodeToString((user + ":" + password).getBytes(StandardCharsets.UTF_8));
    }

    String url(String path) {
        return uri(path).toString();
    }

    URI uri(String path) {
        return shop.tomcat().uri("/notify/admin" + path);
    }

    String origin() {
        return "http://127.0.0.1:" + shop.tomcat().port();
    }

    /** A page, with further headers. */
    Answer get(String path, String... headers) {
        List<String> all = new ArrayList<>(List.of("Authorization", basic(user, PASSWORD)));
        all.addAll(List.of(headers));
        return Http.get(uri(path), all.toArray(new String[0]));
    }

    /** What this user's forms carry. */
    String token() {
        Matcher matcher = TOKEN.matcher(
                get("/attention").text() + get("/order?mch_id=1&out_trade_no=1").text());
        if (!matcher.find()) {
            throw new AssertionError("no form");
        }
        return matcher.group(1);
    }

    /** Sends a form as a page of this host does. */
    Answer act(String... namesAndValues) {
        return post(origin(), token(), namesAndValues);
    }

    /** The same from somewhere else. */
    Answer post(String origin, String token, String... namesAndValues) {
        StringBuilder form = new StringBuilder("token=" + URLEncoder.encode(token, StandardCharsets.UTF_8));
        for (int i = 0; i < namesAndValues.length; i += 2) {
            form.append('&')
                    .append(namesAndValues[i])
                    .append('=')
                    .append(URLEncoder.encode(namesAndValues[i + 1], StandardCharsets.UTF_8));
        }
        List<String> headers = new ArrayList<>(
                List.of("Authorization", basic(user, PASSWORD), "Content-Type", "application/x-www-form-urlencoded"));
        if (origin != null) {
            headers.addAll(List.of("Origin", origin));
        }
        return Http.post(uri("/act"), form.toString().getBytes(StandardCharsets.UTF_8), headers.toArray(new String[0]));
    }
}
