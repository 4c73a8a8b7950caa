package paynotify.kit;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The watch over all answers and logs does see what it must. */
class LeakDetectorTest {
    private static Answer answer(String header, String body) {
        return Answer.of(200, Map.of("X", List.of(header)), body.getBytes(StandardCharsets.UTF_8));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                Shop.MCH_ID + " ERROR",
                "<html><title>HTTP Status 404 – Not Found</title>Apache Tomcat/10.1.59</html>",
                "OK - Deployed application at context path [/x] java.lang.Exception",
                "{\"code\":\"FAIL\",\"message\":\"UNKNOWN_ORDER\"}"
            })
    void answer_harmless_isTaken(String text) {
        assertDoesNotThrow(() -> answer("x", text));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "java.lang.IllegalStateException: x",
                "caused by PSQLException",
                "\tat paynotify.store.Store.settle(Store.java:80)",
                "SELECT status FROM orders",
                "relation payment_order does not exist",
                "INSERT  INTO x",
                "jdbc:postgresql://127.0.0.1/shop"
            })
    void answer_thatTellsOfTheInside_isFound(String text) {
        assertThrows(AssertionError.class, () -> answer("x", "<p>" + text));
        assertThrows(AssertionError.class, () -> answer(text, "OK"));
        assertEquals(2, LeakDetector.foundInAnswers().size());
    }

    @Test
    void answer_withASecretOrTheRightSignature_isFound() {
        WechatV2Callback forged =
                WechatV2Callback.payment(Shop.MCH_ID, "A-1", 101).tamper("total_fee", "1");
        forged.xml("0".repeat(32));
        String right = WechatV2Callback.payment(Shop.MCH_ID, "A-1", 101)
                .with("total_fee", "1")
                .sign(Shop.KEY);
        for (String told : List.of(Shop.KEY, Shop.V3_KEY, right, right.toLowerCase(Locale.ROOT))) {
            assertEquals(1, LeakDetector.in("a log says '" + told + "'").size(), told);
            assertThrows(AssertionError.class, () -> answer("x", "expected " + told + ", found another"));
            assertEquals(1, LeakDetector.foundInAnswers().size());
        }
    }
}
