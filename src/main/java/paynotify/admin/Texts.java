package paynotify.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** All texts of the page in one language, from {@code messages_en.properties} or {@code messages_zh.properties}. Immutable. */
final class Texts {
    static final Texts ENGLISH = new Texts("en");
    static final Texts CHINESE = new Texts("zh");

    private final String language;
    private final Properties texts;

    // ResourceBundle would keep a cache of its own, beyond our undeployment.
    private Texts(String language) {
        this.language = language;
        this.texts = new Properties();
        String file = "messages_" + language + ".properties";
        try (InputStream in = Objects.requireNonNull(Texts.class.getResourceAsStream(file), file);
                InputStreamReader reader = new InputStreamReader(in, UTF_8)) {
            texts.load(reader);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The language of that name, null for another name. */
    static @Nullable Texts named(@Nullable String language) {
        return "zh".equals(language) ? CHINESE : "en".equals(language) ? ENGLISH : null;
    }

    /** The first of a reader's languages that we have. */
    static Texts of(List<Locale> wanted) {
        return wanted.stream()
                .map(locale -> named(locale.getLanguage()))
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(ENGLISH);
    }

    String language() {
        return language;
    }

    /** The other one. */
    Texts other() {
        return this == CHINESE ? ENGLISH : CHINESE;
    }

    Set<String> keys() {
        return texts.stringPropertyNames();
    }

    /**
     * A text.
     *
     * @param values for {0}, {1} and so on
     */
    String of(String key, Object... values) {
        String text = texts.getProperty(key);
        if (text == null) {
            throw new IllegalStateException("no text [key=" + key + "]");
        }
        for (int i = 0; i < values.length; i++) {
            text = text.replace("{" + i + "}", String.valueOf(values[i]));
        }
        return text;
    }

    /** The text for a word of the tables; the word itself where there is none, for tables may know more than we do. */
    String word(String prefix, @Nullable String word) {
        return word == null ? "" : texts.getProperty(prefix + word, word);
    }
}
