package paynotify.sender;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;

class WechatTest {
    @TempDir
    Path folder;

    private Sender wechat;

    @BeforeEach
    void configure() throws Exception {
        Path file = Files.writeString(
                folder.resolve("notify.properties"), "mch-id = 1\napi-key = 0123456789abcdef0123456789abcdef\n");
        wechat = Senders.of("wechat", ConfigFile.read(file, new Environment(name -> null, name -> null)));
    }

    private static Callback callback(String body, String headerThere) {
        return new Callback(
                "wechat",
                body.getBytes(UTF_8),
                false,
                name -> name.equals(headerThere) ? "x" : null,
                null,
                Instant.EPOCH,
                0,
                0);
    }

    @ParameterizedTest
    @CsvSource({
        "<xml/>, , wechat-v2, BAD_SIGNATURE, text/xml",
        "' \r\n\t<', , wechat-v2, MALFORMED, text/xml",
        "\uFEFF<xml/>, , wechat-v2, BAD_SIGNATURE, text/xml",
        "<xml/>, Wechatpay-Signature, wechat-v2, BAD_SIGNATURE, text/xml",
        "{, , wechat-v3, BAD_SIGNATURE, application/json",
        "\uFEFF {}, , wechat-v3, BAD_SIGNATURE, application/json",
        "'', Wechatpay-Signature, wechat, MALFORMED, application/json",
        "x, Wechatpay-Signature, wechat, MALFORMED, application/json",
        "x, Wechatpay-Serial, wechat, MALFORMED, application/json",
        "x, Request-ID, wechat, MALFORMED, text/xml",
        "'', , wechat, MALFORMED, text/xml",
        "' ', , wechat, MALFORMED, text/xml",
        "\uFEFF, , wechat, MALFORMED, text/xml",
        "a=b, , wechat, MALFORMED, text/xml",
    })
    void form_byFirstCharacter_isTold(String body, String header, String channel, Outcome outcome, String type) {
        Callback callback = callback(body, header);
        assertEquals(channel, wechat.channel(callback));
        assertEquals(outcome, ((NothingToBook) wechat.find(callback).get(0)).outcome());
        assertEquals(type + ";charset=UTF-8", wechat.reply(callback, outcome).contentType());
    }

    @Test
    void reply_toJson_isTheContractsToTheByte() {
        Callback json = callback("{}", null);
        assertEquals(
                "{\"code\":\"FAIL\",\"message\":\"BAD_SIGNATURE\"}",
                wechat.reply(json, Outcome.BAD_SIGNATURE).text());
        assertEquals(
                "{\"code\":\"SUCCESS\",\"message\":\"OK\"}",
                wechat.reply(json, Outcome.APPLIED).text());
        assertEquals(
                "{\"code\":\"FAIL\",\"message\":\"ERROR\"}",
                wechat.reply(json, Outcome.ERROR).text());
    }
}
