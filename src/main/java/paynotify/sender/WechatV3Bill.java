package paynotify.sender;

import java.net.URI;
import java.net.URISyntaxException;
import java.time.LocalDate;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.message.Json;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.signature.BadSignature;
import paynotify.signature.WechatV3Signature;

/**
 * How WeChat Pay is asked for a day's bill in API v3 (protocol-2.md, section 8.1): a signed answer says where the file lies
 * and what its hash is; the file itself bears no signature. Thread-safe.
 */
final class WechatV3Bill implements Bill {
    private static final int OK = 200;
    private static final int UNAUTHORIZED = 401;
    private static final int FORBIDDEN = 403;
    private static final int TOO_MANY_REQUESTS = 429;
    private static final int SERVER_ERRORS = 500;

    private static final String SHA1 = "SHA1";
    private static final String SHA1_FORM = "[0-9a-fA-F]{40}";
    private static final Set<String> NONE = Set.of("NOSTATEMENTEXIST", "NOSTATEMENTEXISTS");
    private static final String CREATING = "STATEMENTCREATING";

    private final Merchant merchant;
    private final WechatV3Signature signature;
    private final WechatV3Request requests;

    /** @param signature by which answers are verified */
    WechatV3Bill(Merchant merchant, WechatV3Signature signature, WechatV3Request requests) {
        this.merchant = merchant;
        this.signature = signature;
        this.requests = requests;
    }

    @Override
    public Inquiry.Request request(LocalDate day, boolean olderKey) {
        return requests.get("/v3/bill/tradebill?bill_date=" + day + "&bill_type=ALL&tar_type=GZIP");
    }

    @Override
    public boolean comesAtOnce() {
        return false;
    }

    @Override
    public Answer read(int status, Callback received, boolean olderKey) {
        if (status != OK) {
            WechatV3Request.Fault fault = WechatV3Request.Fault.of(status, received);
            return new Answer(next(status, fault.code()), fault.detail(), null);
        }
        try {
            signature.verify(received.headers(), received.body(), received.receivedAt());
            Json body = Json.parse(received.body());
            String type = body.text("hash_type");
            String sha1 = body.text("hash_value");
            if (!type.equalsIgnoreCase(SHA1) || !sha1.matches(SHA1_FORM)) {
                throw new Malformed("expected a hash_value of hash_type SHA1, found " + Text.quoted(sha1) + " of "
                        + Text.quoted(type));
            }
            return new Answer(Next.DOWNLOAD, "found", new Download(url(body.text("download_url")), sha1));
        } catch (BadSignature e) {
            return new Answer(Next.UNUSABLE, e.detail(), null);
        } catch (Malformed e) {
            return new Answer(Next.UNUSABLE, e.detail(), null);
        }
    }

    /** "The docs' sample has a leading blank." The token in it is not shown. */
    private static URI url(String text) throws Malformed {
        try {
            URI url = new URI(text.strip());
            if (url.getHost() != null && url.getRawPath() != null && url.getRawUserInfo() == null) {
                return url;
            }
        } catch (URISyntaxException e) {
            // Said below.
        }
        throw new Malformed("expected a download_url with a host and a path, found another");
    }

    /** Code names differ by age: compared with _ removed, as those of inquiry are. */
    private static Next next(int status, @Nullable String code) {
        String word = code == null ? "" : code.toUpperCase(Locale.ROOT).replace("_", "");
        if (NONE.contains(word)) {
            return Next.NONE;
        }
        if (word.equals(CREATING)) {
            return Next.LATER;
        }
        boolean refused =
                status == UNAUTHORIZED || status == FORBIDDEN || status == TOO_MANY_REQUESTS || status >= SERVER_ERRORS;
        return refused ? Next.REFUSED : Next.UNUSABLE;
    }

    @Override
    public Inquiry.Request download(String path) {
        return requests.get(path);
    }

    @Override
    public boolean takes(@Nullable String appId, @Nullable String subMchId) {
        return merchant.takes(appId, subMchId);
    }
}
