package paynotify.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayInputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;
import org.apache.commons.codec.digest.DigestUtils;
import org.dom4j.DocumentException;
import org.dom4j.Element;
import org.dom4j.io.SAXReader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.xml.sax.SAXException;
import paynotify.kit.Shop;
import paynotify.kit.WechatV2Callback;
import paynotify.kit.WechatV3Callback;
import paynotify.sender.Accounts;
import paynotify.sender.Callback;
import paynotify.sender.Finding;
import paynotify.sender.ParsedAndVerified;
import paynotify.sender.Payment;
import paynotify.sender.Sender;

/** One callback, read and verified: by our sender, by its bare cryptography alone, and by what others would take. */
@State(Scope.Thread)
public class ParseAndVerify {
    private static final String NO = "A-20250601-0000001";
    private static final int TAG_BITS = 128;

    private final Sender sender = Accounts.wechat(
            "mch-id = " + Shop.MCH_ID,
            "api-key = " + Shop.KEY,
            "api-v3-key = " + Shop.V3_KEY,
            "public-key." + Shop.PUBLIC_KEY_ID + " = $vectors/keys/wechat_pubkey_mode_public.pem");

    private final ParsedAndVerified parsedAndVerified = new ParsedAndVerified(
            Shop.MCH_ID, Shop.KEY, Shop.V3_KEY, Map.entry(Shop.PUBLIC_KEY_ID, "keys/wechat_pubkey_mode_public.pem"));
    private Callback v2;
    private byte[] v2Text;
    private MessageDigest md5;
    private final XMLInputFactory stax = XMLInputFactory.newDefaultFactory();

    private Callback v3;
    private byte[] v3Text;
    private byte[] v3Signature;
    private Signature rsa;
    private byte[] ciphertext;
    private byte[] nonce;
    private byte[] associatedData;
    private Cipher gcm;
    private final SecretKeySpec v3Key = new SecretKeySpec(Shop.V3_KEY.getBytes(UTF_8), "AES");

    @Setup
    public void prepareV2() throws Exception {
        WechatV2Callback sample = Sample.payment(NO);
        v2 = callback(sample.body(Shop.KEY), name -> null, Instant.now());
        v2Text = sample.textToSign(Shop.KEY).getBytes(UTF_8);
        md5 = MessageDigest.getInstance("MD5");
        stax.setProperty(XMLInputFactory.SUPPORT_DTD, false);
        stax.setProperty(XMLInputFactory.IS_COALESCING, true);
        require(v2Sender() instanceof Payment);
        require(HexFormat.of().withUpperCase().formatHex(v2BareMd5()).equals(sample.sign(Shop.KEY)));
        require(v2Stax());
        require(v2Dom4j());
    }

    @Setup
    public void prepareV3() throws Exception {
        String resource = WechatV3Callback.transaction(Shop.MCH_ID, NO, Sample.TOTAL_FEE);
        String body = WechatV3Callback.notification("TRANSACTION.SUCCESS", resource, Shop.V3_KEY);
        Instant now = Instant.now();
        Map<String, String> headers = Map.copyOf(WechatV3Callback.signed(
                        body, now.getEpochSecond(), Shop.PUBLIC_KEY_ID, Shop.key("wechat_pubkey_mode_private.pem"))
                .headers());
        v3 = callback(body.getBytes(UTF_8), headers::get, now);
        v3Text = (headers.get("Wechatpay-Timestamp") + "\n" + headers.get("Wechatpay-Nonce") + "\n" + body + "\n")
                .getBytes(UTF_8);
        v3Signature = Base64.getDecoder().decode(headers.get("Wechatpay-Signature"));
        String pem = Shop.key("wechat_pubkey_mode_public.pem").replaceAll("-----[A-Z ]+-----|\\s", "");
        rsa = Signature.getInstance("SHA256withRSA");
        rsa.initVerify(KeyFactory.getInstance("RSA")
                .generatePublic(new X509EncodedKeySpec(Base64.getDecoder().decode(pem))));
        nonce = "fzbeSKRVUnqn".getBytes(UTF_8);
        associatedData = "transaction".getBytes(UTF_8);
        ciphertext = Base64.getDecoder()
                .decode(WechatV3Callback.encrypted(resource, Shop.V3_KEY, "fzbeSKRVUnqn", "transaction"));
        gcm = Cipher.getInstance("AES/GCM/NoPadding");
        require(v3Sender() instanceof Payment);
        require(new String(v3BareRsaAndGcm(), UTF_8).equals(resource));
    }

    @Benchmark
    public Finding v2Sender() {
        return sender.read(v2).findings().get(0);
    }

    @Benchmark
    public Object v2ParsedAndVerified() throws Exception {
        return parsedAndVerified.v2(v2.body());
    }

    @Benchmark
    public byte[] v2BareMd5() {
        return md5.digest(v2Text);
    }

    @Benchmark
    public boolean v2Stax() throws XMLStreamException, GeneralSecurityException {
        Map<String, String> fields = new TreeMap<>();
        XMLStreamReader reader = stax.createXMLStreamReader(new ByteArrayInputStream(v2.body()));
        reader.nextTag();
        while (reader.nextTag() == XMLStreamConstants.START_ELEMENT) {
            fields.put(reader.getLocalName(), reader.getElementText());
        }
        byte[] digest =
                MessageDigest.getInstance("MD5").digest(textToSign(fields).getBytes(UTF_8));
        return MessageDigest.isEqual(digest, HexFormat.of().parseHex(fields.get("sign")));
    }

    @Benchmark
    public boolean v2Dom4j() throws DocumentException, SAXException {
        Map<String, String> fields = new TreeMap<>();
        SAXReader reader = new SAXReader();
        reader.setFeature("http://apache.org/xml/features/disallow-doctype-decl", true);
        for (Element element : reader.read(new ByteArrayInputStream(v2.body()))
                .getRootElement()
                .elements()) {
            fields.put(element.getName(), element.getText());
        }
        return DigestUtils.md5Hex(textToSign(fields)).toUpperCase(Locale.ROOT).equals(fields.get("sign"));
    }

    @Benchmark
    public Object v3ParsedAndVerified() throws Exception {
        return parsedAndVerified.v3(v3);
    }

    @Benchmark
    public Finding v3Sender() {
        return sender.read(v3).findings().get(0);
    }

    /** With all objects at hand; a key is made ready once, a nonce for each message. */
    @Benchmark
    public byte[] v3BareRsaAndGcm() throws GeneralSecurityException {
        rsa.update(v3Text);
        require(rsa.verify(v3Signature));
        gcm.init(Cipher.DECRYPT_MODE, v3Key, new GCMParameterSpec(TAG_BITS, nonce));
        gcm.updateAAD(associatedData);
        return gcm.doFinal(ciphertext);
    }

    private static String textToSign(Map<String, String> fields) {
        StringBuilder text = new StringBuilder();
        fields.forEach((name, value) -> {
            if (!value.isEmpty() && !name.equals("sign")) {
                text.append(name).append('=').append(value).append('&');
            }
        });
        return text.append("key=").append(Shop.KEY).toString();
    }

    private static Callback callback(byte[] body, Function<String, String> headers, Instant receivedAt) {
        long nanos = System.nanoTime();
        return new Callback("wechat", body, false, headers, "127.0.0.1", receivedAt, nanos, nanos);
    }

    private static void require(boolean good) {
        if (!good) {
            throw new IllegalStateException("not what was signed");
        }
    }
}
