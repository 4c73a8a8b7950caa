package paynotify.signature;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Set;
import org.junit.jupiter.api.Test;
import paynotify.message.XmlParser;

class VerifiedFieldsTest {
    /** A sender who reads a field that JoinedPairs does not guard would be found out by his first test. */
    @Test
    void read_fieldThatIsNotGuarded_isOurOwnFault() throws Exception {
        VerifiedFields fields =
                new VerifiedFields(XmlParser.parse("<xml><a>1</a><b>2</b></xml>".getBytes(UTF_8), "xml"), Set.of("a"));
        assertEquals(1, fields.wholeNumber("a"));
        assertThrows(IllegalStateException.class, () -> fields.wholeNumber("b"));
    }
}
