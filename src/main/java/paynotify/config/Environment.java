package paynotify.config;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What surrounds the process.
 *
 * @param property a system property by its name
 * @param variable an environment variable by its name
 */
public record Environment(Function<String, @Nullable String> property, Function<String, @Nullable String> variable) {

    public static Environment ofProcess() {
        return new Environment(System::getProperty, System::getenv);
    }
}
