package paynotify.message;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

class TextTest {
    @Test
    void quoted_foreignText_isOneShortLine() {
        assertEquals("none", Text.quoted(null));
        assertEquals("'订单 1'", Text.quoted("订单 1"));
        assertEquals("'a?b?'", Text.quoted("a\nb\u0000"));
        assertEquals("'" + "😀".repeat(32) + "'", Text.quoted("😀".repeat(32)));
        assertEquals("'" + "1".repeat(64) + "…'", Text.quoted("1".repeat(65)));
    }
}
