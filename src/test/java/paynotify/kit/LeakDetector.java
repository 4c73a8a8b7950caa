package paynotify.kit;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.commons.codec.digest.DigestUtils;
import org.apache.commons.codec.digest.HmacAlgorithms;
import org.apache.commons.codec.digest.HmacUtils;

/** What nobody may be told: secrets and right signatures, in logs and answers, and how it looks inside, in answers. */
final class LeakDetector {
    private static final Set<String> SIGNATURES = ConcurrentHashMap.newKeySet();
    private static final List<String> FOUND_IN_ANSWERS = new CopyOnWriteArrayList<>();

    private static final Pattern HEX =
            Pattern.compile("(?<![0-9A-Fa-f])(?:[0-9A-Fa-f]{64}|[0-9A-Fa-f]{32})(?![0-9A-Fa-f])");
    private static final Pattern INSIDE = Pattern.compile("(?m)^\\s*at [\\w.$/]+\\(|\\w\\.java:\\d|\\bpaynotify\\.\\w"
            + "|\\b(?:org\\.(?:postgresql|apache|flywaydb)|com\\.(?:zaxxer|fasterxml)|jakarta?|javax|java)\\.[a-z]+\\."
            + "|\\w(?:Exception|Error)\\b|payment_(?:order|log|refund)|jdbc:"
            + "|(?i)\\b(?:select\\s.*\\sfrom|insert\\s+into|delete\\s+from|update\\s+\\w+\\s+set)\\b");
    /** Tomcat's own manager, which only the tests have. */
    private static final Pattern MANAGER = Pattern.compile("(?s)(?:OK|FAIL) - .*");

    /** What Tomcat's connector refuses before it asks any application; tomcat-conf shortens that page. */
    private static final Pattern CONNECTOR =
            Pattern.compile("(?s)<!doctype html><html lang=\"en\"><head><title>HTTP Status 400 .*");

    private LeakDetector() {}

    /** From now on nobody may be told how this text is signed rightly with one of the shop's keys. */
    static void keepSignatures(String textWithoutKey, String... keys) {
        for (String key : keys) {
            byte[] text = (textWithoutKey + "key=" + key).getBytes(StandardCharsets.UTF_8);
            SIGNATURES.add(DigestUtils.md5Hex(text));
            SIGNATURES.add(
                    new HmacUtils(HmacAlgorithms.HMAC_SHA_256, key.getBytes(StandardCharsets.UTF_8)).hmacHex(text));
        }
    }

    /** What a log must not tell, of all that this text tells. */
    static List<String> in(String text) {
        List<String> found = new ArrayList<>();
        Kit.secrets().stream().filter(text::contains).forEach(found::add);
        Matcher hex = HEX.matcher(text);
        while (hex.find()) {
            if (SIGNATURES.contains(hex.group().toLowerCase(Locale.ROOT))) {
                found.add("signature " + hex.group());
            }
        }
        return found;
    }

    /** Looks at an answer; the test fails here, or, if another thread got it, after its class. */
    static void check(Answer answer) {
        String text = answer.toString();
        List<String> found = in(text);
        Matcher inside = INSIDE.matcher(text);
        boolean ours = !MANAGER.matcher(answer.text()).matches()
                && !CONNECTOR.matcher(answer.text()).matches();
        if (inside.find() && ours) {
            found.add("inside: " + inside.group());
        }
        if (!found.isEmpty()) {
            String fault = found + " in " + text;
            FOUND_IN_ANSWERS.add(fault);
            throw new AssertionError("answers tell what they must not: " + fault);
        }
    }

    /** All that was found so far; it is asked for once. */
    static List<String> foundInAnswers() {
        List<String> found = List.copyOf(FOUND_IN_ANSWERS);
        FOUND_IN_ANSWERS.clear();
        return found;
    }
}
