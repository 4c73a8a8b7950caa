package paynotify.sender;

/** The part of the v2 sender's work that a signature needs, without what comes of it: the claims, a payment. */
public final class ParsedAndVerified {
    private final Signer signer;

    public ParsedAndVerified(String apiKey) {
        this.signer = new Signer(Accounts.apiKey(apiKey), Signer.SignType.ANY);
    }

    /** @throws Refused if the body is not XML, or not signed */
    public Object v2(byte[] body) throws Refused {
        Fields fields = XmlParser.parse(body, "xml");
        signer.verify(fields);
        return fields;
    }
}
