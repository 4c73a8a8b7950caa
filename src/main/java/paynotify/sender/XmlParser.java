package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;

/**
 * Reads the dialect of XML that WeChat Pay API v2 speaks: one root element in UTF-8, flat elements in it,
 * each a name and a text (plain, CDATA, the five entities, character references), comments and blanks between them, an
 * XML declaration and a byte order mark before them. Everything else is refused, with what and where: this reads bytes
 * that anybody on the internet may have sent, and what is not understood can't be misused (protocol.md, section 6, on
 * CVE-2018-13439).
 *
 * <p>Whatever is taken is well-formed, and any other parser reads the same fields from it. One pass from front to back;
 * time and memory grow with the body's length. Numbers in brackets are productions of
 * <a href="https://www.w3.org/TR/2006/REC-xml-20060816/">XML 1.0, fourth edition</a>. An instance reads one body.
 */
final class XmlParser {
    /** No body is longer, in bytes. */
    static final int BODY_BYTES_MAX = 1 << 20;
    /** No root has more elements, the sign included. */
    static final int FIELDS_MAX = 256;
    /** No element's name is longer, in bytes. */
    static final int NAME_BYTES_MAX = 128;

    private static final byte[] BYTE_ORDER_MARK = "\uFEFF".getBytes(UTF_8);
    private static final byte[] INSTRUCTION = "<?".getBytes(UTF_8);
    private static final byte[] DOCTYPE = "<!DOCTYPE".getBytes(UTF_8);
    private static final byte[] COMMENT = "<!--".getBytes(UTF_8);
    private static final byte[] COMMENT_DASHES = "--".getBytes(UTF_8);
    private static final byte[] CDATA = "<![CDATA[".getBytes(UTF_8);
    private static final byte[] CDATA_END = "]]>".getBytes(UTF_8);
    private static final byte[] END_TAG = "</".getBytes(UTF_8);
    private static final byte[] EMPTY_TAG_END = "/>".getBytes(UTF_8);

    private static final byte[][] ENTITIES = {
        "lt;".getBytes(UTF_8),
        "gt;".getBytes(UTF_8),
        "amp;".getBytes(UTF_8),
        "apos;".getBytes(UTF_8),
        "quot;".getBytes(UTF_8)
    };
    private static final String ENTITY_CHARACTERS = "<>&'\"";

    private final byte[] body;
    private final byte[] root;
    private final XmlInput in;
    private final TextBuilder text;
    private final Fields fields = new Fields();

    private XmlParser(byte[] body, String root) {
        this.body = body;
        this.root = root.getBytes(UTF_8);
        this.in = new XmlInput(body);
        this.text = new TextBuilder(body);
    }

    /**
     * @param root the name of the root element
     * @throws Refused as MALFORMED, with what was found and its line and column, both counted from 1
     */
    static Fields parse(byte[] body, String root) throws Refused {
        if (body.length > BODY_BYTES_MAX) {
            throw Refused.malformed("XML: expected at most " + BODY_BYTES_MAX + " bytes, found " + body.length);
        }
        return new XmlParser(body, root).document();
    }

    /** [1] document. */
    private Fields document() throws Refused {
        in.take(BYTE_ORDER_MARK);
        XmlDeclaration.take(in);
        takeBlanksAndComments();
        int tag = in.at();
        int nameTo = startTagName();
        if (!Arrays.equals(body, tag + 1, nameTo, root, 0, root.length)) {
            throw in.refused("expected the root element " + new String(root, UTF_8) + ", found another", tag);
        }
        if (!endOfStartTag()) {
            takeBlanksAndComments();
            while (!in.isNext(END_TAG)) {
                element();
                takeBlanksAndComments();
            }
            endTag(tag + 1, nameTo);
        }
        takeBlanksAndComments();
        if (!in.atEnd()) {
            throw in.refused("expected the end after the root element, found more");
        }
        return fields;
    }

    /** [39] element: one field. */
    private void element() throws Refused {
        int tag = in.at();
        int nameTo = startTagName();
        if (fields.size() == FIELDS_MAX) {
            throw in.refused("expected at most " + FIELDS_MAX + " elements, found another", tag);
        }
        text.start();
        if (!endOfStartTag()) {
            elementText();
            endTag(tag + 1, nameTo);
        }
        if (!fields.add(text.field(tag + 1, nameTo))) {
            throw in.refused("expected every element once, found a second " + in.text(tag + 1, nameTo), tag);
        }
    }

    /** [40] STag up to the end of its name, which is returned. */
    private int startTagName() throws Refused {
        if (in.isMarkupOfAnotherKind() && (in.isNext(DOCTYPE) || in.isNext(INSTRUCTION))) {
            throw in.refused("found a document type or a processing instruction, which are not taken");
        }
        if (!in.take('<')) {
            throw in.refused("expected an element, found " + (in.atEnd() ? "the end" : "text"));
        }
        int from = in.at();
        in.takeName();
        int length = in.at() - from;
        if (length == 0 || length > NAME_BYTES_MAX) {
            throw in.refused("expected an element's name of 1 to " + NAME_BYTES_MAX + " bytes, found another", from);
        }
        return in.at();
    }

    /** The end of a start tag; returns whether it was [44] EmptyElemTag, after which there is no end tag. */
    private boolean endOfStartTag() throws Refused {
        boolean blank = in.takeBlanks();
        if (in.take('>')) {
            return false;
        }
        if (!in.take(EMPTY_TAG_END)) {
            throw in.refused(
                    blank && !in.atEnd()
                            ? "found an attribute, which is not taken"
                            : "expected > after an element's name, found something else");
        }
        return true;
    }

    /** [42] ETag of the element whose name stands there. */
    private void endTag(int nameFrom, int nameTo) throws Refused {
        int tag = in.at();
        boolean same = in.take(END_TAG) && in.takeSame(nameFrom, nameTo);
        in.takeBlanks();
        if (!same || !in.take('>')) {
            throw in.refused("expected the end tag of " + in.text(nameFrom, nameTo) + ", found something else", tag);
        }
    }

    /** The text of an element, up to its end tag. */
    private void elementText() throws Refused {
        characters(false);
        while (!in.isNext(END_TAG)) {
            if (in.take(CDATA)) {
                characters(true);
                if (!in.take(CDATA_END)) {
                    throw in.refused("expected the end of a CDATA section, found the end");
                }
            } else if (in.take('&')) {
                text.append(reference());
            } else if (!takeComment()) {
                throw in.refused("expected text and an end tag, found " + (in.atEnd() ? "the end" : "something else"));
            }
            characters(false);
        }
    }

    /** [14] CharData, or [20] CData, with its line ends as section 2.11 wants them. Stops before what is neither. */
    private void characters(boolean inCdata) throws Refused {
        int from = in.at();
        in.takePlain(inCdata);
        for (int next = in.peek(); next >= 0; next = in.peek()) {
            if (next == ']' ? in.isNext(CDATA_END) : !inCdata && (next == '<' || next == '&')) {
                break;
            }
            if (next == '\r') {
                text.append(from, in.at());
                text.append('\n');
                in.take('\r');
                in.take('\n');
                from = in.at();
            } else {
                in.takeCharacter();
            }
            in.takePlain(inCdata);
        }
        text.append(from, in.at());
    }

    /** [67] Reference after its first character; returns the code point that it stands for. */
    private int reference() throws Refused {
        int from = in.at() - 1;
        if (in.take('#')) {
            return characterReference(from);
        }
        for (int i = 0; i < ENTITIES.length; i++) {
            if (in.take(ENTITIES[i])) {
                return ENTITY_CHARACTERS.charAt(i);
            }
        }
        throw in.refused("expected one of the five entities, found another", from);
    }

    /** [66] CharRef after its first two characters. */
    private int characterReference(int from) throws Refused {
        int radix = in.take('x') ? 16 : 10;
        int digits = 0;
        int c = 0;
        // Bytes from 0x80 on would be taken for characters of Latin-1, of which none is a digit.
        for (int digit = Character.digit(in.peek(), radix); digit >= 0; digit = Character.digit(in.peek(), radix)) {
            c = Math.min(c * radix + digit, Character.MAX_CODE_POINT + 1);
            digits++;
            in.takeCharacter();
        }
        if (digits == 0 || !in.take(';') || !XmlChars.isChar(c)) {
            throw in.refused("expected a reference to a character of XML 1.0, found something else", from);
        }
        return c;
    }

    /** [27] Misc, as many as there are, without instructions. */
    private void takeBlanksAndComments() throws Refused {
        in.takeBlanks();
        while (takeComment()) {
            in.takeBlanks();
        }
    }

    /** [15] Comment, or nothing; returns whether there was one. */
    private boolean takeComment() throws Refused {
        if (!in.take(COMMENT)) {
            return false;
        }
        while (!in.take(COMMENT_DASHES)) {
            if (in.atEnd()) {
                throw in.refused("expected the end of a comment, found the end");
            }
            in.takeCharacter();
        }
        if (!in.take('>')) {
            throw in.refused("found -- inside a comment");
        }
        return true;
    }
}
