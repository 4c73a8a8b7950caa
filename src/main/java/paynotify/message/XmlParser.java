package paynotify.message;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Reads the dialect of XML that WeChat Pay API v2 speaks: one root element in UTF-8, flat elements in it,
 * each a name and a text (plain, CDATA, the five entities, character references), comments anywhere, blanks between them, an
 * XML declaration and a byte order mark before them. Everything else is refused, with what and where: this reads bytes
 * that anybody on the internet may have sent, and what is not understood can't be misused (protocol.md, section 6, on
 * CVE-2018-13439).
 *
 * <p>Whatever is taken is well-formed, and any other parser reads the same fields from it, if it reads over comments. One pass from front to back;
 * time and memory grow with the body's length. Numbers in brackets are productions of
 * <a href="https://www.w3.org/TR/2006/REC-xml-20060816/">XML 1.0, fourth edition</a>. An instance reads one body. A method for a production
 * takes the place where it begins and returns the place behind it.
 */
public final class XmlParser {
    private static final String DOCTYPE = "<!DOCTYPE";
    private static final String COMMENT = "<!--";
    private static final String COMMENT_DASHES = "--";
    private static final String CDATA = "<![CDATA[";
    private static final String CDATA_END = "]]>";

    private static final String[] ENTITIES = {"&lt;", "&gt;", "&amp;", "&apos;", "&quot;"};
    private static final String ENTITY_CHARACTERS = "<>&'\"";

    private final byte[] body;
    private final byte[] root;
    private final XmlInput in;
    private final TextBuilder text;
    private final Fields fields = new Fields();

    private XmlParser(byte[] body, String root) throws Malformed {
        this.body = body;
        this.root = root.getBytes(UTF_8);
        this.in = new XmlInput(body);
        this.text = new TextBuilder(body);
    }

    /**
     * Reads a message.
     *
     * @param root the name of the root element
     * @throws Malformed with what was found and its line and column, both counted from 1
     */
    public static Fields parse(byte[] body, String root) throws Malformed {
        return new XmlParser(body, root).document();
    }

    /** [1] document. */
    private Fields document() throws Malformed {
        int tag = miscEnd(XmlDeclaration.end(in, in.start()));
        int nameTo = startTagNameEnd(tag);
        if (!Arrays.equals(body, tag + 1, nameTo, root, 0, root.length)) {
            throw in.refused("expected the root element " + new String(root, UTF_8) + ", found another", tag);
        }
        int at = startTagEnd(nameTo);
        if (!isEmptyElementTag(at)) {
            at = miscEnd(at);
            while (!in.isAt(at, '<', '/')) {
                at = miscEnd(elementEnd(at));
            }
            at = endTagEnd(at, tag + 1, nameTo);
        }
        at = miscEnd(at);
        if (!in.isEnd(at)) {
            throw in.refused("expected the end after the root element, found more", at);
        }
        return fields;
    }

    /** [39] element: one field. */
    private int elementEnd(int tag) throws Malformed {
        int nameTo = startTagNameEnd(tag);
        if (fields.size() == Fields.FIELDS_MAX) {
            throw in.refused("expected at most " + Fields.FIELDS_MAX + " elements, found another", tag);
        }
        int at = startTagEnd(nameTo);
        text.start();
        if (!isEmptyElementTag(at)) {
            at = endTagEnd(textEnd(at), tag + 1, nameTo);
        }
        if (!fields.add(text.field(tag + 1, nameTo))) {
            throw in.refused("expected every element once, found a second " + in.text(tag + 1, nameTo), tag);
        }
        return at;
    }

    /** The end of the name in [40] STag. */
    private int startTagNameEnd(int tag) throws Malformed {
        if (!in.isAt(tag, '<')) {
            throw in.refused("expected an element, found " + (in.isEnd(tag) ? "the end" : "text"), tag);
        }
        int nameTo = in.nameEnd(tag + 1);
        int length = nameTo - tag - 1;
        if (length == 0 || length > Fields.NAME_BYTES_MAX) {
            throw in.refused(
                    in.isAt(tag, '<', '?') || in.isAt(tag, DOCTYPE)
                            ? "found a document type or a processing instruction, which are not taken"
                            : "expected an element's name of 1 to " + Fields.NAME_BYTES_MAX + " bytes, found another",
                    tag);
        }
        return nameTo;
    }

    /** The end of [40] STag, or of [44] EmptyElemTag, after which there is no end tag. */
    private int startTagEnd(int nameTo) throws Malformed {
        int at = in.blanksEnd(nameTo);
        int angle = in.isAt(at, '/') ? at + 1 : at;
        if (!in.isAt(angle, '>')) {
            throw in.refused(
                    at > nameTo && angle == at && !in.isEnd(at)
                            ? "found an attribute, which is not taken"
                            : "expected > after an element's name, found something else",
                    at);
        }
        return angle + 1;
    }

    private boolean isEmptyElementTag(int end) {
        return body[end - 2] == '/';
    }

    /** The end of [42] ETag of the element whose name stands there. */
    private int endTagEnd(int tag, int nameFrom, int nameTo) throws Malformed {
        int name = tag + 2;
        int length = nameTo - nameFrom;
        int at = in.blanksEnd(name + length);
        if (!in.isSame(nameFrom, name, length) || !in.isAt(at, '>')) {
            throw in.refused("expected the end tag of " + in.text(nameFrom, nameTo) + ", found something else", tag);
        }
        return at + 1;
    }

    /** The end of an element's text, where its end tag begins. */
    private int textEnd(int from) throws Malformed {
        int at = from;
        while (!in.isAt(at, '<', '/')) {
            if (in.isAt(at, CDATA)) {
                at = charactersEnd(at + CDATA.length(), true);
                if (in.isEnd(at)) {
                    throw in.refused("expected the end of a CDATA section, found the end", at);
                }
                at += CDATA_END.length();
            } else if (in.isAt(at, '&')) {
                at = referenceEnd(at);
            } else if (in.isAt(at, COMMENT)) {
                at = commentEnd(at);
            } else if (in.isAt(at, '<') || in.isAt(at, CDATA_END) || in.isEnd(at)) {
                throw in.refused(
                        "expected text and an end tag, found " + (in.isEnd(at) ? "the end" : "something else"), at);
            } else {
                at = charactersEnd(at, false);
            }
        }
        return at;
    }

    /** The end of [14] CharData, or of [20] CData, where what is neither begins; line ends as section 2.11 wants them. */
    private int charactersEnd(int start, boolean inCdata) throws Malformed {
        int from = start;
        int at = in.plainEnd(start, inCdata);
        for (int next = in.peek(at); next >= 0; next = in.peek(at)) {
            if (next == ']' ? in.isAt(at, CDATA_END) : !inCdata && (next == '<' || next == '&')) {
                break;
            }
            if (next == '\r') {
                text.append(from, at);
                text.append('\n');
                from = in.isAt(at, '\r', '\n') ? at + 2 : at + 1;
                at = from;
            } else {
                at = in.characterEnd(at);
            }
            at = in.plainEnd(at, inCdata);
        }
        text.append(from, at);
        return at;
    }

    /** The end of [67] Reference, whose character is appended. */
    private int referenceEnd(int ampersand) throws Malformed {
        if (in.isAt(ampersand, '&', '#')) {
            return characterReferenceEnd(ampersand);
        }
        for (int i = 0; i < ENTITIES.length; i++) {
            if (in.isAt(ampersand, ENTITIES[i])) {
                text.append(ENTITY_CHARACTERS.charAt(i));
                return ampersand + ENTITIES[i].length();
            }
        }
        throw in.refused("expected one of the five entities, found another", ampersand);
    }

    /** The same of [66] CharRef. */
    private int characterReferenceEnd(int ampersand) throws Malformed {
        boolean hex = in.isAt(ampersand + 2, 'x');
        int radix = hex ? 16 : 10;
        int from = ampersand + (hex ? 3 : 2);
        int at = from;
        int c = 0;
        // Bytes from 0x80 on would be taken for characters of Latin-1, of which none is a digit.
        for (int digit = Character.digit(in.peek(at), radix); digit >= 0; digit = Character.digit(in.peek(at), radix)) {
            c = Math.min(c * radix + digit, Character.MAX_CODE_POINT + 1);
            at++;
        }
        if (at == from || !in.isAt(at, ';') || !XmlChars.isChar(c)) {
            throw in.refused("expected a reference to a character of XML 1.0, found something else", ampersand);
        }
        text.append(c);
        return at + 1;
    }

    /** The end of [27] Misc, as many as there are, without instructions. */
    private int miscEnd(int start) throws Malformed {
        int at = in.blanksEnd(start);
        while (in.isAt(at, '<', '!') && in.isAt(at, COMMENT)) {
            at = in.blanksEnd(commentEnd(at));
        }
        return at;
    }

    /** The end of [15] Comment. */
    private int commentEnd(int start) throws Malformed {
        int at = start + COMMENT.length();
        while (!in.isAt(at, COMMENT_DASHES)) {
            if (in.isEnd(at)) {
                throw in.refused("expected the end of a comment, found the end", at);
            }
            at = in.characterEnd(at);
        }
        at += COMMENT_DASHES.length();
        if (!in.isAt(at, '>')) {
            throw in.refused("found -- inside a comment", at);
        }
        return at + 1;
    }
}
