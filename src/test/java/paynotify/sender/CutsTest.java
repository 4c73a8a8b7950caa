package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.codec.digest.DigestUtils;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.Vectors;

/**
 * The signed text of joined pairs can be cut in other places, and be another message under the same sign. The shop, or its
 * customer, chooses what stands in attach. Every cut of genuine texts is tried here: none of them pays another order, or
 * pays in another way.
 */
class CutsTest {
    private static final String KEY = Vectors.text("keys/v2_api_key.txt");
    private static final String MCH_ID = "1900000109";
    /** What a sender of XML can write as an element's name. */
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");

    private final Sender wechat = Accounts.wechat("mch-id = " + MCH_ID, "api-key = " + KEY);

    private static Map<String, String> genuine(String attach) {
        return new TreeMap<>(Map.of(
                "attach", attach,
                "fee_type", "CNY",
                "mch_id", MCH_ID,
                "openid", "oUpF8uMuAJO",
                "out_trade_no", "CUT-A",
                "result_code", "SUCCESS",
                "return_code", "SUCCESS",
                "time_end", "20250601120005",
                "total_fee", "101",
                "transaction_id", "4200002600202506011"));
    }

    private static String joined(Map<String, String> fields) {
        return fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + field.getValue())
                .collect(Collectors.joining("&"));
    }

    private static byte[] xml(List<String> pairs, String sign) {
        StringBuilder xml = new StringBuilder("<xml>");
        for (String pair : pairs) {
            int equals = pair.indexOf('=');
            String name = pair.substring(0, equals);
            xml.append('<').append(name).append("><![CDATA[").append(pair, equals + 1, pair.length());
            xml.append("]]></").append(name).append('>');
        }
        return xml.append("<sign>")
                .append(sign)
                .append("</sign></xml>")
                .toString()
                .getBytes(UTF_8);
    }

    /** Every way to cut this text into pairs whose names ascend: another order of names would be another signed text. */
    private static void cuts(String text, int from, List<String> pairs, Consumer<List<String>> tried) {
        int equals = text.indexOf('=', from);
        if (equals < 0 || !NAME.matcher(text.substring(from, equals)).matches()) {
            return;
        }
        String name = text.substring(from, equals);
        if (!pairs.isEmpty()) {
            String last = pairs.get(pairs.size() - 1);
            if (last.substring(0, last.indexOf('=')).compareTo(name) >= 0) {
                return;
            }
        }
        for (int end = text.indexOf('&', equals); ; end = text.indexOf('&', end + 1)) {
            pairs.add(text.substring(from, end < 0 ? text.length() : end));
            if (end < 0) {
                tried.accept(pairs);
                pairs.remove(pairs.size() - 1);
                return;
            }
            cuts(text, end + 1, pairs, tried);
            pairs.remove(pairs.size() - 1);
        }
    }

    private Finding find(List<String> pairs, String sign) {
        return wechat.find(WechatV2Test.callback(xml(pairs, sign)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "u1",
                "a=1&b=2",
                "u1&mch_id=1900000109&out_trade_no=CUT-B&p=",
                "u1&fee_type=USD&mch_id=1900000109&out_trade_no=CUT-B&p=",
                "u1&out_trade_no=CUT-B&out_trade_nz=",
                "u1&total_fee=1&transaction_id=4200002600202506012&z=",
                "u1&transaction_id=4200002600202506012&z=x",
                "u1&openid=other&out_trade_no=CUT-A&p=",
                "u1&time_end=20250601120006&total_fee=101&transaction_id=4200002600202506011&z=",
                "u1&result_code=SUCCESS&return_code=SUCCESS&total_fee=1&u=",
            })
    void find_everyCutOfAGenuineText_isThisPaymentOrNone(String attach) {
        String text = joined(genuine(attach));
        String sign = DigestUtils.md5Hex(text + "&key=" + KEY);
        List<String> asSent = genuine(attach).entrySet().stream()
                .map(field -> field.getKey() + "=" + field.getValue())
                .toList();
        Payment genuine = assertInstanceOf(Payment.class, find(asSent, sign), () -> attach);
        assertEquals("CUT-A", genuine.trade().outTradeNo());
        int[] count = new int[2];
        cuts(text, 0, new ArrayList<>(), pairs -> {
            count[0]++;
            Finding finding = find(pairs, sign);
            if (finding instanceof Payment payment) {
                count[1]++;
                assertEquals(genuine.trade(), payment.trade(), pairs::toString);
                assertEquals(genuine.currency(), payment.currency(), pairs::toString);
                assertEquals(genuine.paidAt(), payment.paidAt(), pairs::toString);
                assertEquals(genuine.payer(), payment.payer(), pairs::toString);
            } else {
                assertEquals(Outcome.MALFORMED, ((NothingToBook) finding).outcome(), pairs::toString);
            }
        });
        assertTrue(count[0] >= 512, () -> "cuts: " + count[0]);
        assertTrue(count[1] >= 1, "the genuine one is a cut, too");
    }

    /** Where the absence of a name decides, attach may not bring it: this could be another message's fee_type. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "u1&fee_type=USD",
                "u1&sub_mch_id=1",
                "u1&trade_state=NOTPAY",
                "u1&sub_openid=x",
                "u1&change_type=ADD",
                "u1&sub_order_list=x",
                "u1&req_info=x",
                "u1&sign_type=MD5",
                "u1&appid=wx1"
            })
    void find_attachWithANameThatTheMessageLacks_isMalformed(String attach) {
        Map<String, String> fields = genuine(attach);
        fields.remove("fee_type");
        String text = joined(fields);
        NothingToBook nothing = assertInstanceOf(
                NothingToBook.class,
                find(
                        List.of(text.split("&(?=(?:attach|mch_id|openid|out_trade_no|result_code|return_code|time_end"
                                + "|total_fee|transaction_id)=)")),
                        DigestUtils.md5Hex(text + "&key=" + KEY)));
        assertEquals(Outcome.MALFORMED, nothing.outcome(), nothing.detail());
        assertTrue(nothing.verified());
        assertTrue(nothing.alarming());
    }

    /** WeChat's own limit is 128 characters: a longer attach may be anything. */
    @ParameterizedTest
    @ValueSource(ints = {128, 129})
    void find_attachAsLongAsWeChatAllows_mayBeAQueryString(int length) {
        String attach = "u1&out_trade_no=CUT-A&n=";
        attach += "号".repeat(length - attach.length());
        Map<String, String> fields = genuine(attach);
        List<String> pairs = fields.entrySet().stream()
                .map(field -> field.getKey() + "=" + field.getValue())
                .toList();
        Finding finding = find(pairs, DigestUtils.md5Hex(joined(fields) + "&key=" + KEY));
        assertEquals(length == 128, finding instanceof Payment);
    }
}
