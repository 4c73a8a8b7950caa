package paynotify.admin;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** What is around every page: its head, the links to the others, who is logged in, the footer. */
final class Frame {
    private static final List<String> PAGES = List.of("", "attention", "search", "bills", "waiting");

    private final Sheet sheet;
    private final View view;
    private final Html html;

    private Frame(Sheet sheet) {
        this.sheet = sheet;
        this.view = sheet.view();
        this.html = sheet.html();
    }

    /**
     * The whole page.
     *
     * @param sheet that the content is written on; nothing is on it yet
     * @param active which of the pages is marked; null for none
     */
    static String page(Sheet sheet, @Nullable String active, String title, Runnable content) {
        return new Frame(sheet).around(active, title, content);
    }

    private String around(@Nullable String active, String title, Runnable content) {
        html.begin("html", "lang", view.texts().language().equals("zh") ? "zh-CN" : "en");
        head(title);
        html.begin("body");
        html.element("a", sheet.text("nav.skip"), "class", "skip", "href", "#main");
        header(active);
        html.begin("main", "id", "main");
        content.run();
        html.end();
        html.begin("footer").text(sheet.text("footer.times")).end();
        return html.end().end().page();
    }

    private void head(String title) {
        html.begin("head");
        html.begin("meta", "charset", "utf-8");
        html.begin("meta", "name", "viewport", "content", "width=device-width, initial-scale=1");
        html.begin("meta", "name", "color-scheme", "content", "light dark");
        html.element("title", title + " – " + sheet.text("product"));
        html.begin("link", "rel", "icon", "href", view.url(Assets.ICON), "type", "image/svg+xml");
        html.begin("link", "rel", "stylesheet", "href", view.url(Assets.STYLE, "v", Assets.version()));
        html.end();
    }

    private void header(@Nullable String active) {
        html.begin("header", "class", "bar");
        html.begin("a", "class", "brand", "href", view.url("/"));
        html.element("span", "notify", "class", "mark").text(sheet.text("product"));
        html.end();
        html.begin("nav", "aria-label", sheet.text("nav.label")).begin("ul");
        for (String page : PAGES) {
            html.begin("li")
                    .element(
                            "a",
                            sheet.text("nav." + (page.isEmpty() ? "overview" : page)),
                            "href",
                            view.url("/" + page),
                            "aria-current",
                            page.equals(active) ? "page" : null)
                    .end();
        }
        html.end().end();
        html.begin("div", "class", "who");
        html.begin("span").foreign(view.user()).text(" · ");
        html.text(sheet.text(view.operator() ? "role.operator" : "role.viewer")).end();
        String there = view.here() + (view.here().contains("?") ? "&" : "?") + "lang="
                + view.texts().other().language();
        html.element(
                "a",
                view.texts().other().of("language"),
                "href",
                there,
                "lang",
                view.texts().other().language(),
                "hreflang",
                view.texts().other().language());
        html.end().end();
    }
}
