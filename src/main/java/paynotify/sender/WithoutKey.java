package paynotify.sender;

import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A form of message for which the account has no key: nothing can be verified. Thread-safe.
 *
 * @param key the name of the key that is missing
 * @param words the form's own answers
 * @param headers the form's own signed headers
 */
record WithoutKey(String name, String key, Function<Outcome, Reply> words, Function<Callback, @Nullable String> headers)
        implements Sender {

    @Override
    public String channel(Callback callback) {
        return name;
    }

    @Override
    public Finding read(Callback callback) {
        return new Nothing(
                Outcome.BAD_SIGNATURE, "expected an account with " + key + " for this form, found none", Claims.NONE);
    }

    @Override
    public @Nullable String signedHeaders(Callback callback) {
        return headers.apply(callback);
    }

    @Override
    public Reply reply(Callback callback, Outcome outcome) {
        return words.apply(outcome);
    }
}
