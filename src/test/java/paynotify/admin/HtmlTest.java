package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HtmlTest {
    private static String text(String text) {
        return new Html().element("p", text).page().replace("<!DOCTYPE html>\n", "");
    }

    @ParameterizedTest
    @CsvSource({
        "<b>, &lt;b&gt;",
        "a&b, a&amp;b",
        "\"x\", &quot;x&quot;",
        "it's, it&#39;s",
        "支付 é, 支付 é",
        "a\u202Eb, a<span class=\"hidden-char\">[U+202E]</span>b",
        "a\u200Bb, a<span class=\"hidden-char\">[U+200B]</span>b",
        "a\u0007b, a<span class=\"hidden-char\">[U+0007]</span>b",
        "a\uE000b, a<span class=\"hidden-char\">[U+E000]</span>b",
        "a\u2028b, a<span class=\"hidden-char\">[U+2028]</span>b"
    })
    void text_isEscapedAndSeen(String given, String written) {
        assertEquals("<p>" + written + "</p>", text(given));
    }

    @Test
    void text_outsideOfTheBasicPlane_isKept() {
        assertEquals("<p>\uD83D\uDE00</p>", text("\uD83D\uDE00"));
        assertEquals("<p>a\nb\tc&#13;</p>", text("a\nb\tc\r"));
        assertEquals("<p></p>", text(null));
    }

    @Test
    void attributes_areExactAndNullsLeftOut() {
        String page = new Html()
                .begin("a", "href", "x?a=1&b=\"<\u202E", "rel", null)
                .foreign("y")
                .end()
                .begin("br")
                .page();
        assertEquals("<!DOCTYPE html>\n<a href=\"x?a=1&amp;b=&quot;&lt;\u202E\"><bdi>y</bdi></a><br>", page);
        assertEquals("a[U+202E]b", Html.visible("a\u202Eb"));
    }

    @Test
    void page_withAnElementThatIsOpen_isNone() {
        assertThrows(IllegalStateException.class, () -> new Html().begin("p").page());
    }
}
