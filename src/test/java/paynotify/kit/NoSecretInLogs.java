package paynotify.kit;

import java.util.List;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** After each class: no key, password or right signature stands in any log that any Tomcat has written so far, or in an answer. */
public final class NoSecretInLogs implements AfterAllCallback {

    @Override
    public void afterAll(ExtensionContext context) {
        List<String> found = Tomcat.secretsInLogs();
        if (!found.isEmpty()) {
            throw new AssertionError("secrets in logs: " + found);
        }
        List<String> told = LeakDetector.foundInAnswers();
        if (!told.isEmpty()) {
            throw new AssertionError("answers tell what they must not: " + told);
        }
    }
}
