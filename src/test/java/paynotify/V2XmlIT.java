package paynotify;

import static java.nio.charset.StandardCharsets.UTF_16;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;
import paynotify.kit.WechatV2Callback;

/** Contract, section 3, fine print: the XML that is taken, and all that is not. */
@OnBothTomcats
class V2XmlIT {
    private final Shop shop;

    V2XmlIT(TomcatVersion version) {
        shop = Shop.shared(version);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\uFEFF",
                "<?xml version=\"1.0\"?>",
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n",
                "<?xml version='1.0' encoding='utf-8' ?>",
                "\uFEFF<?xml version=\"1.0\" encoding=\"UTF-8\"?>\r\n",
                "<!-- a remark with <tags> & signs -->",
                "<?xml version=\"1.0\"?> <!-- one --> \t\r\n <!--two-->",
                "\n \t"
            })
    void prolog_thatXmlAllows_isTaken(String prolog) {
        applied(xml -> prolog + xml);
    }

    @Test
    void blanksAndComments_betweenAndBehindElements_areTaken() {
        applied(xml -> xml.replace("\n", "\r\n\t  <!-- - <a>&b; ]]> -->"));
        applied(xml -> xml.replace("\n", ""));
        applied(xml -> xml + "\n<!-- end -->\n\n");
        applied(xml -> xml.replace("<total_fee>", "<total_fee \n>").replace("</total_fee>", "</total_fee\t>"));
        applied(xml -> xml.replace("<xml>", "<xml >").replace("</xml>", "</xml >"));
    }

    static Stream<UnaryOperator<String>> refused() {
        return Stream.of(
                xml -> "<!DOCTYPE xml>" + xml,
                xml -> "<!DOCTYPE xml [<!ENTITY a \"b\">]>" + xml,
                xml -> "<!DOCTYPE xml SYSTEM \"http://127.0.0.1:1/x.dtd\">" + xml,
                xml -> "<?xml-stylesheet href=\"a\"?>" + xml,
                xml -> xml.replace("</xml>", "<?php x ?></xml>"),
                xml -> xml + "<?pi?>",
                xml -> xml.replace("<xml>", "<xml a=\"b\">"),
                xml -> xml.replace("<total_fee>", "<total_fee currency='CNY'>"),
                xml -> xml.replace("<xml>", "<xml xmlns=\"http://example.org/\">"),
                xml -> xml.replace("</xml>", "<a><b>1</b></a></xml>"),
                xml -> xml.replace("<attach>", "<attach><b/>").replace("</xml>", "<attach><b/></attach></xml>"),
                xml -> xml.replace("</xml>", "text</xml>"),
                xml -> xml.replace("<xml>", "<xml>text"),
                xml -> xml.replace("</xml>", "&#32;</xml>"),
                xml -> xml.replace("</xml>", "<![CDATA[ ]]></xml>"),
                xml -> xml + "text",
                xml -> xml + xml,
                xml -> xml + "<b/>",
                xml -> "text" + xml,
                xml -> "\uFEFF\uFEFF" + xml,
                xml -> " <?xml version=\"1.0\"?>" + xml,
                xml -> "<?xml version=\"1.1\"?>" + xml,
                xml -> "<?xml version=\"1.0\" encoding=\"GBK\"?>" + xml,
                xml -> "<?xml version=\"1.0\" encoding=\"UTF-16\"?>" + xml,
                xml -> "<?xml encoding=\"UTF-8\"?>" + xml,
                xml -> "<?xml version=\"1.0\"?><?xml version=\"1.0\"?>" + xml,
                xml -> xml.replace("<xml>", "<XML>").replace("</xml>", "</XML>"),
                xml -> xml.replace("<xml>", "<root>").replace("</xml>", "</root>"),
                xml -> xml.replace("<xml>", "<n:xml>").replace("</xml>", "</n:xml>"),
                xml -> xml.replace("</xml>", ""),
                xml -> xml.replace("</xml>", "</xml"),
                xml -> xml.substring(0, xml.length() / 2),
                xml -> xml.replace("</total_fee>", "</total_Fee>"),
                xml -> xml.replace("</total_fee>", ""),
                xml -> xml.replace("</xml>", "<a>1 & 2</a></xml>"),
                xml -> xml.replace("</xml>", "<a>1 < 2</a></xml>"),
                xml -> xml.replace("</xml>", "<a>]]></a></xml>"),
                xml -> xml.replace("</xml>", "<a><![CDATA[x]]</a></xml>"),
                xml -> xml.replace("</xml>", "<a><![cdata[x]]></a></xml>"),
                xml -> xml.replace("</xml>", "<a>&nbsp;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&amp</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&#;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&#x;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&#X41;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&#0;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&#x1f;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&#xD800;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&#xFFFE;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&#x110000;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>&#4294967361;</a></xml>"),
                xml -> xml.replace("</xml>", "<a>\u0001</a></xml>"),
                xml -> xml.replace("</xml>", "<a>\uFFFF</a></xml>"),
                xml -> xml.replace("</xml>", "<!-- a -- b --></xml>"),
                xml -> xml.replace("</xml>", "<!-- a ---></xml>"),
                xml -> xml.replace("</xml>", "<!-- a </xml>"),
                xml -> xml.replace("</xml>", "<1a>1</1a></xml>"),
                xml -> xml.replace("</xml>", "<-a>1</-a></xml>"),
                xml -> xml.replace("</xml>", "< a>1</a></xml>"),
                xml -> xml.replace("</xml>", "<>1</></xml>"),
                xml -> xml.replace("</xml>", "<a>1</ a></xml>"),
                xml -> "<",
                xml -> "<xml",
                xml -> "<xml>",
                xml -> "<xml/>x",
                xml -> "<!-- only a remark -->",
                xml -> "<![CDATA[x]]>");
    }

    @ParameterizedTest
    @MethodSource("refused")
    void xml_ofAnotherDialectOrNotWellFormed_isMalformed(UnaryOperator<String> change) {
        String no = shop.order(Shop.MCH_ID, 101);
        String body =
                change.apply(WechatV2Callback.payment(Shop.MCH_ID, no, 101).xml(Shop.KEY));
        Exchange.post(shop, "wechat", body).answers("MALFORMED").column("body", body);
        assertEquals("PENDING", shop.orderRow(Shop.MCH_ID, no).get("status"));
    }

    @Test
    void root_withoutFields_isBadSignature() {
        // It can be read; what it lacks first is a signature.
        Exchange.post(shop, "wechat", "<xml/>").answers("BAD_SIGNATURE").column("channel", "wechat-v2");
        Exchange.post(shop, "wechat", "<xml></xml>").answers("BAD_SIGNATURE");
    }

    @Test
    void fields_256WithTheSign_areTakenAnd257AreNot() {
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback callback = WechatV2Callback.payment(Shop.MCH_ID, no, 101);
        // 15 of its own and the sign.
        for (int i = 0; i < 256 - 16; i++) {
            callback.with("x" + i, "v" + i);
        }
        String one = callback.xml(Shop.KEY);
        Exchange.post(shop, "wechat", callback.with("one_more", "").xml(Shop.KEY))
                .answers("MALFORMED");
        Exchange.post(shop, "wechat", one).answers("APPLIED");
    }

    @Test
    void value_almostAsLongAsTheBodyMayBe_isTaken() {
        applied(xml -> xml, callback -> callback.with("attach", "值".repeat(20_000)));
    }

    static Stream<byte[]> notUtf8() {
        return Stream.of(
                bytes(0xff),
                bytes(0xc0, 0x80),
                bytes(0xc1, 0xbf),
                bytes(0xe0, 0x80, 0xaf),
                bytes(0xed, 0xa0, 0x80),
                bytes(0xf4, 0x90, 0x80, 0x80),
                bytes(0xf5, 0x80, 0x80, 0x80),
                bytes(0xe6, 0xb7),
                bytes(0x80),
                "深圳".getBytes(Charset.forName("GBK")));
    }

    @ParameterizedTest
    @MethodSource("notUtf8")
    void bytes_thatAreNotUtf8_areMalformedAndLoggedReplaced(byte[] wrong) {
        Exchange.post(shop, "wechat", inAttach(wrong))
                .answers("MALFORMED")
                .column("channel", "wechat-v2")
                .column("body", new String(inAttach(wrong), UTF_8));
    }

    @Test
    void nulBytes_areMalformedAndLoggedAsFarAsPostgresCan() {
        Exchange.post(shop, "wechat", inAttach(bytes(0))).answers("MALFORMED");
        Exchange.post(shop, "wechat", "\0\0\0").answers("MALFORMED");
        assertEquals(
                2L,
                shop.database()
                        .count("(select body from payment_log order by id desc limit 2) r where body is not null"));
    }

    @Test
    void utf16_isMalformed() {
        String no = shop.order(Shop.MCH_ID, 101);
        byte[] body =
                WechatV2Callback.payment(Shop.MCH_ID, no, 101).xml(Shop.KEY).getBytes(UTF_16);
        Exchange.post(shop, "wechat", body).answers("MALFORMED");
    }

    private void applied(UnaryOperator<String> change) {
        applied(change, callback -> callback);
    }

    private void applied(UnaryOperator<String> change, UnaryOperator<WechatV2Callback> more) {
        String no = shop.order(Shop.MCH_ID, 101);
        WechatV2Callback callback = more.apply(
                WechatV2Callback.payment(Shop.MCH_ID, no, 101).with("total_fee", "101", WechatV2Callback.Form.PLAIN));
        String body = change.apply(callback.xml(Shop.KEY));
        Exchange.post(shop, "wechat", body).answers("APPLIED");
        assertEquals("PAID", shop.orderRow(Shop.MCH_ID, no).get("status"));
    }

    private static byte[] inAttach(byte[] value) {
        byte[] start = "<xml><attach>a".getBytes(UTF_8);
        byte[] end = "b</attach></xml>".getBytes(UTF_8);
        return ByteBuffer.allocate(start.length + value.length + end.length)
                .put(start)
                .put(value)
                .put(end)
                .array();
    }

    private static byte[] bytes(int... values) {
        byte[] bytes = new byte[values.length];
        for (int i = 0; i < values.length; i++) {
            bytes[i] = (byte) values[i];
        }
        return bytes;
    }
}
