package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.Config;
import paynotify.config.ConfigException;
import paynotify.kit.Vectors;
import paynotify.kit.WechatV3Callback;
import paynotify.sender.Bill.Answer;
import paynotify.sender.Bill.Next;

/** How the bill of a day is asked for in API v3, and what the answers mean. */
class WechatV3BillTest {
    private static final long NOW = 1748750406;
    private static final String SERIAL = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
    private static final String PLATFORM_KEY = Vectors.text("keys/wechat_platform_private.pem");
    private static final String LINES = """
            mch-id = 1900000109
            bill = on
            inquiry = v3
            merchant-key = $vectors/keys/merchant_private.pem
            merchant-serial = 3775B6A45ACD588826D15E583A95F5DD5D0C1A01
            public-key.5157F09EFDC096DE15EBE81A47057A7232F1B8E1 = $vectors/keys/wechat_platform_cert.pem
            """;

    private final Bill bill = Accounts.wechat(LINES).bill();

    private Answer read(int status, String body, Map<String, String> headers) {
        return bill.read(
                status,
                Callback.of(Source.INQUIRY, "a", body.getBytes(UTF_8), headers::get, Instant.ofEpochSecond(NOW)),
                false);
    }

    private Answer signed(String body) {
        WechatV3Callback answer = WechatV3Callback.signed(body, NOW, SERIAL, PLATFORM_KEY);
        return read(200, body, answer.headers());
    }

    @Test
    void request_asksForAllOfTheDay() {
        Inquiry.Request request = bill.request(LocalDate.of(2025, 6, 1), false);
        assertEquals("GET /v3/bill/tradebill?bill_date=2025-06-01&bill_type=ALL&tar_type=GZIP", request.toString());
        assertEquals("application/json", request.headers().get("Accept"));
        assertNotNull(request.headers().get("User-Agent"));
        assertTrue(request.headers().get("Authorization").startsWith("WECHATPAY2-SHA256-RSA2048 mchid=\"1900000109\""));
        assertFalse(bill.comesAtOnce());
        Inquiry.Request file = bill.download("/v3/billdownload/file?token=a%2Fb&tartype=gzip");
        assertEquals("/v3/billdownload/file?token=a%2Fb&tartype=gzip", file.path());
        assertNotNull(file.headers().get("Authorization"));
    }

    @Test
    void read_sample_tellsWhereTheFileLies() {
        Answer answer = signed(Vectors.text("loop/bill-v3-answer.json"));
        assertEquals(Next.DOWNLOAD, answer.next(), answer.detail());
        assertEquals(
                "d1269803a95512e6296de9d7c709408b996e5dd8", answer.download().sha1());
        assertEquals("api.mch.weixin.qq.com", answer.download().url().getHost());
        assertFalse(answer.detail().contains("TOKEN"));
    }

    /** "The docs' sample has a leading blank." */
    @Test
    void read_blankBeforeTheUrl_isNoPartOfIt() {
        Answer answer = signed(Vectors.text("loop/bill-v3-answer.json").replace("\"https", "\" https"));
        assertEquals("https", answer.download().url().getScheme());
    }

    @ParameterizedTest
    @CsvSource({
        "SHA1, MD5, hash_type SHA1",
        "d1269803a95512e6296de9d7c709408b996e5dd8, d126, hash_type SHA1",
        "https://api.mch.weixin.qq.com, mailto:a, download_url",
        "https://api.mch.weixin.qq.com, https://a@b, download_url",
        "https://api.mch.weixin.qq.com/, 'https://a b/', download_url",
        "download_url, url, download_url",
    })
    void read_fieldThatIsWrong_isUnusable(String from, String to, String detail) {
        Answer answer = signed(Vectors.text("loop/bill-v3-answer.json").replace(from, to));
        assertEquals(Next.UNUSABLE, answer.next());
        assertTrue(answer.detail().contains(detail), answer.detail());
        assertFalse(answer.detail().contains("TOKEN"));
        assertNull(answer.download());
    }

    @Test
    void read_unsigned_isUnusable() {
        Answer answer = read(200, Vectors.text("loop/bill-v3-answer.json"), Map.of());
        assertEquals(Next.UNUSABLE, answer.next());
        assertTrue(answer.detail().startsWith("expected a header Wechatpay-"), answer.detail());
    }

    @ParameterizedTest
    @CsvSource({
        "400, NO_STATEMENT_EXIST, NONE",
        "404, NO_STATEMENT_EXIST, NONE",
        "400, STATEMENT_CREATING, LATER",
        "400, PARAM_ERROR, UNUSABLE",
        "400, INVALID_REQUEST, UNUSABLE",
        "401, SIGN_ERROR, REFUSED",
        "403, NO_AUTH, REFUSED",
        "429, FREQUENCY_LIMITED, REFUSED",
        "500, SYSTEM_ERROR, REFUSED",
        "502, , REFUSED",
        "302, , UNUSABLE",
    })
    void read_error_meansWhatItSays(int status, String code, Next next) {
        String body = code == null ? "<html>" : "{\"code\":\"" + code + "\",\"message\":\"m\"}";
        Answer answer = read(status, body, Map.of());
        assertEquals(next, answer.next());
        assertTrue(answer.detail().startsWith("expected HTTP 200, found " + status), answer.detail());
    }

    @Test
    void read_sampleWithoutABill_isNone() {
        assertEquals(
                Next.NONE,
                read(400, Vectors.text("loop/bill-v3-empty-error.json"), Map.of())
                        .next());
    }

    @Test
    void takes_whatTheAccountTakes() {
        assertTrue(bill.takes("wx", "19"));
        assertFalse(Accounts.wechat(LINES + "app-id = wx1").bill().takes("wx2", null));
    }

    @ParameterizedTest
    @ValueSource(strings = {"bill = off", ""})
    void config_off_hasNone(String line) {
        assertNull(Accounts.wechat(LINES.replace("bill = on", line)).bill());
    }

    @Test
    void config_billWithoutInquiry_isAFault() {
        Config config = Accounts.config("mch-id = 1", "api-key = " + Vectors.text("keys/v2_api_key.txt"), "bill = on");
        Sender sender = Senders.of("wechat", config);
        List<String> faults = org.junit.jupiter.api.Assertions.assertThrows(ConfigException.class, config::done)
                .faults();
        assertEquals(
                List.of("bill: expected inquiry = v2 or v3 beside bill = on, with whose keys the bill is asked for,"
                        + " found none"),
                faults);
        assertNull(sender.bill());
    }
}
