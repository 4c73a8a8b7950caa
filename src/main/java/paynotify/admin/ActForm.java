package paynotify.admin;

import org.jspecify.annotations.Nullable;

/** A button that does something ({@link Acts}), with what goes with it. For operators only: others get nothing. */
final class ActForm {
    private final Sheet sheet;
    private final String act;

    private ActForm(Sheet sheet, String act) {
        this.sheet = sheet;
        this.act = act;
    }

    /**
     * Writes the button.
     *
     * @param act what; the button's text is act.ACT
     * @param fields names and values that go with it
     */
    static void button(Sheet sheet, String act, @Nullable String... fields) {
        if (sheet.view().operator()) {
            ActForm form = new ActForm(sheet, act);
            form.begin(fields);
            form.end();
        }
    }

    /** The same with a remark. */
    static void buttonWithRemark(Sheet sheet, String act, String id, @Nullable String... fields) {
        if (sheet.view().operator()) {
            ActForm form = new ActForm(sheet, act);
            form.begin(fields);
            form.remark(id);
            form.end();
        }
    }

    private void begin(@Nullable String... fields) {
        View view = sheet.view();
        sheet.html().begin("form", "method", "post", "action", view.url("/act"), "class", "act");
        hidden("token", view.token());
        hidden("act", act);
        for (int i = 0; i < fields.length; i += 2) {
            hidden(String.valueOf(fields[i]), fields[i + 1]);
        }
    }

    private void hidden(String name, @Nullable String value) {
        sheet.html().begin("input", "type", "hidden", "name", name, "value", value == null ? "" : value);
    }

    private void remark(String id) {
        Html html = sheet.html();
        html.element("label", sheet.text("act.remark"), "for", id);
        html.begin(
                "input",
                "id",
                id,
                "name",
                "remark",
                "type",
                "text",
                "maxlength",
                String.valueOf(Acts.REMARK_CHARS_MAX),
                "autocomplete",
                "off");
    }

    private void end() {
        sheet.html()
                .element("button", sheet.text("act." + act), "type", "submit")
                .end();
    }
}
