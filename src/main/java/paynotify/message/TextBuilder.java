package paynotify.message;

/**
 * Collects one text of a message after another. A text that stands in the message as one run of bytes (nearly all do)
 * stays there; only one of several pieces, or with references in it, is put together elsewhere.
 */
final class TextBuilder {
    private final byte[] in;
    /** As long as the message at most: no piece is longer than the bytes that it was read from. */
    private byte[] pieces = {};

    private int piecesTo;

    private byte[] textIn;
    private int from;
    private int to;

    TextBuilder(byte[] in) {
        this.in = in;
        this.textIn = in;
    }

    /** Begins a new text, an empty one. */
    void start() {
        textIn = in;
        from = 0;
        to = 0;
    }

    /** Appends a run of the message's bytes. */
    void append(int runFrom, int runTo) {
        if (runFrom == runTo) {
            return;
        }
        if (from == to) {
            from = runFrom;
            to = runTo;
            return;
        }
        gather();
        System.arraycopy(in, runFrom, pieces, to, runTo - runFrom);
        to += runTo - runFrom;
        piecesTo = to;
    }

    /** Appends one character. */
    void append(int codePoint) {
        gather();
        to = Utf8.encode(codePoint, pieces, to);
        piecesTo = to;
    }

    /** The text since {@link #start}, under the name that stands there in the message. */
    Fields.Field field(int nameFrom, int nameTo) {
        return new Fields.Field(in, nameFrom, nameTo, textIn, from, to);
    }

    private void gather() {
        if (textIn == pieces) {
            return;
        }
        if (pieces.length == 0) {
            pieces = new byte[in.length];
        }
        System.arraycopy(in, from, pieces, piecesTo, to - from);
        to = piecesTo + (to - from);
        from = piecesTo;
        textIn = pieces;
    }
}
