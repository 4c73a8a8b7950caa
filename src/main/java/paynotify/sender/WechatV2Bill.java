package paynotify.sender;

import java.security.SecureRandom;
import java.time.LocalDate;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import paynotify.config.Reloadable;
import paynotify.message.Fields;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.message.XmlParser;
import paynotify.message.XmlWriter;
import paynotify.signature.ApiKey;
import paynotify.signature.WechatV2Signature;

/**
 * How WeChat Pay is asked for a day's bill in API v2 (protocol-2.md, section 8.2): the answer is the bare table without
 * sign and hash, or XML that says why there is none. Thread-safe.
 */
final class WechatV2Bill implements Bill {
    private static final int OK = 200;
    private static final int NONCE_BYTES = 16;

    private final Merchant merchant;
    private final WechatV2Signature signature;
    private final String appId;
    private final SecureRandom random = new SecureRandom();

    /** @param accepted with HMAC-SHA256 we sign only if that is all that is accepted */
    WechatV2Bill(Merchant merchant, Reloadable<List<ApiKey>> apiKeys, WechatV2Signature.SignType accepted) {
        this.merchant = merchant;
        this.signature = new WechatV2Signature(apiKeys, accepted);
        this.appId = merchant.appIds().stream().findFirst().orElse("");
    }

    @Override
    public Inquiry.Request request(LocalDate day, boolean olderKey) {
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        Fields fields = new Fields();
        fields.add(XmlWriter.field("appid", appId));
        fields.add(XmlWriter.field("mch_id", merchant.mchId()));
        fields.add(XmlWriter.field("nonce_str", HexFormat.of().formatHex(nonce)));
        fields.add(XmlWriter.field("bill_date", DateTimeFormatter.BASIC_ISO_DATE.format(day)));
        fields.add(XmlWriter.field("bill_type", "ALL"));
        fields.add(XmlWriter.field("tar_type", "GZIP"));
        if (signature.ours() == WechatV2Signature.SignType.HMAC_SHA256) {
            fields.add(XmlWriter.field("sign_type", "HMAC-SHA256"));
        }
        fields.add(XmlWriter.field("sign", signature.sign(fields, olderKey)));
        return new Inquiry.Request(
                "POST",
                "/pay/downloadbill",
                Map.of("Content-Type", "text/xml; charset=UTF-8"),
                XmlWriter.write("xml", fields));
    }

    @Override
    public boolean comesAtOnce() {
        return true;
    }

    @Override
    public Answer read(int status, Callback received, boolean olderKey) {
        if (status != OK) {
            return new Answer(Next.REFUSED, "expected HTTP 200, found " + status, null);
        }
        try {
            Fields fields = XmlParser.parse(received.body(), "xml");
            String message = fields.get("return_msg");
            String code = fields.get("error_code");
            String detail = "expected a bill, found return_code " + Text.quoted(fields.get("return_code"))
                    + ", return_msg " + Text.quoted(message) + ", error_code " + Text.quoted(code);
            Next next = next(message, code);
            return new Answer(
                    next == Next.OLDER_KEY && (olderKey || !signature.hasOlderKey()) ? Next.REFUSED : next,
                    detail,
                    null);
        } catch (Malformed e) {
            return new Answer(Next.UNUSABLE, e.detail(), null);
        }
    }

    /** "Compare ignoring case"; spelling differs by age, so letters alone are compared. */
    private static Next next(@Nullable String message, @Nullable String code) {
        String said = message == null ? "" : message.toUpperCase(Locale.ROOT).replaceAll("[ _]", "");
        if (said.equals("NOBILLEXIST") || "20002".equals(code)) {
            return Next.NONE;
        }
        if (said.startsWith("BILLCREATING")) {
            return Next.LATER;
        }
        boolean sign = said.equals("SIGNERROR") || said.contains("签名") || "20001".equals(code);
        if (sign) {
            return Next.OLDER_KEY;
        }
        return said.equals("SYSTEMERROR") || said.contains("系统") ? Next.REFUSED : Next.UNUSABLE;
    }

    @Override
    public Inquiry.Request download(String path) {
        throw new IllegalStateException("the answer is the bill");
    }

    @Override
    public boolean takes(@Nullable String appId, @Nullable String subMchId) {
        return merchant.takes(appId, subMchId);
    }
}
