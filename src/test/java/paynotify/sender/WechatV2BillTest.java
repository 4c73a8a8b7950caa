package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Instant;
import java.time.LocalDate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.kit.Vectors;
import paynotify.message.Fields;
import paynotify.message.XmlParser;
import paynotify.sender.Bill.Answer;
import paynotify.sender.Bill.Next;
import paynotify.signature.WechatV2Signature;

/** How the bill of a day is asked for in API v2, and each answer that is none. */
class WechatV2BillTest {
    private static final LocalDate DAY = LocalDate.of(2025, 6, 1);
    private static final String KEY = Vectors.text("keys/v2_api_key.txt").strip();
    private static final String OTHER_KEY = "192006250b4c09247ec02edce69f6a2d";

    private static Bill bill(String... more) {
        return Accounts.wechat(
                        "mch-id = 1900000109\ninquiry = v2\nbill = on\napp-id = wx1,wx2\n" + String.join("\n", more)
                                + (String.join("\n", more).contains("api-key") ? "" : "\napi-key = " + KEY))
                .bill();
    }

    private static Answer read(Bill bill, int status, String body, boolean olderKey) {
        Callback received =
                Callback.of(Source.INQUIRY, "a", body.getBytes(UTF_8), name -> null, Instant.ofEpochSecond(0));
        return bill.read(status, received, olderKey);
    }

    private static Answer read(String body) {
        return read(bill(), 200, body, false);
    }

    private static String error(String message, String code) {
        return "<xml><return_code>FAIL</return_code><return_msg>" + message + "</return_msg>"
                + (code == null ? "" : "<error_code>" + code + "</error_code>") + "</xml>";
    }

    @Test
    void request_isSignedAndNamesTheDay() throws Exception {
        Bill bill = bill();
        Inquiry.Request request = bill.request(DAY, false);
        assertEquals("POST /pay/downloadbill", request.toString());
        Fields fields = XmlParser.parse(request.body().getBytes(UTF_8), "xml");
        assertEquals("wx1", fields.get("appid"));
        assertEquals("1900000109", fields.get("mch_id"));
        assertEquals("20250601", fields.get("bill_date"));
        assertEquals("ALL", fields.get("bill_type"));
        assertEquals("GZIP", fields.get("tar_type"));
        assertNull(fields.get("sign_type"));
        assertEquals(32, fields.get("nonce_str").length());
        new WechatV2Signature(Accounts.apiKey(KEY), WechatV2Signature.SignType.MD5).verify(fields);
        assertTrue(bill.comesAtOnce());
        assertThrows(IllegalStateException.class, () -> bill.download("/x"));
    }

    @Test
    void request_hmacOnlyAndOlderKey_signsSo() throws Exception {
        Bill hmac = bill("sign-type = HMAC-SHA256", "api-key = " + OTHER_KEY + "," + KEY);
        Fields fields = XmlParser.parse(hmac.request(DAY, true).body().getBytes(UTF_8), "xml");
        assertEquals("HMAC-SHA256", fields.get("sign_type"));
        new WechatV2Signature(Accounts.apiKey(KEY), WechatV2Signature.SignType.HMAC_SHA256).verify(fields);
    }

    @ParameterizedTest
    @CsvSource({
        "No Bill Exist, 20002, NONE",
        "NO Bill Exist, , NONE",
        "no bill exist, , NONE",
        "whatever, 20002, NONE",
        "Bill Creating, , LATER",
        "SYSTEMERROR, , REFUSED",
        "系统繁忙, , REFUSED",
        "sign error, 20001, REFUSED",
        "SIGN ERROR, , REFUSED",
        "签名错误, , REFUSED",
        "invalid bill_type, , UNUSABLE",
        "CompressGZip Error, , UNUSABLE",
        "'', , UNUSABLE",
    })
    void read_error_meansWhatItSays(String message, String code, Next next) {
        Answer answer = read(error(message, code));
        assertEquals(next, answer.next(), answer.detail());
        assertNull(answer.download());
        assertTrue(answer.detail().startsWith("expected a bill, found return_code 'FAIL', return_msg"));
    }

    @Test
    void read_sample_isNoBill() {
        assertEquals(
                Next.NONE, read(Vectors.text("loop/bill-v2-error-nobill.xml")).next());
    }

    @Test
    void read_signWrong_olderKeyIsTriedOnce() {
        Bill two = bill("api-key = " + OTHER_KEY + "," + KEY);
        assertEquals(
                Next.OLDER_KEY,
                read(two, 200, error("sign error", "20001"), false).next());
        assertEquals(
                Next.REFUSED, read(two, 200, error("sign error", "20001"), true).next());
    }

    /** Never an empty bill. */
    @Test
    void read_whatCantBeRead_isUnusable() {
        assertEquals(Next.UNUSABLE, read("<html><br></html>").next());
        assertEquals(Next.REFUSED, read(bill(), 500, "<html/>", false).next());
        assertEquals(Next.REFUSED, read(bill(), 404, "", false).next());
    }

    @Test
    void takes_whatTheAccountTakes() {
        assertTrue(bill().takes("wx2", "19"));
        assertTrue(bill().takes(null, null));
        assertFalse(bill().takes("wx3", null));
        Bill provider = bill("sub-mch-id = 19,20");
        assertTrue(provider.takes("wx1", "20"));
        assertFalse(provider.takes("wx1", "21"));
        assertFalse(provider.takes("wx1", null));
    }
}
