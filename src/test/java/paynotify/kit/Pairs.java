package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.net.URLEncoder;
import java.nio.charset.Charset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Pairs of name and value in the order in which they are sent, and as a query string or a form body has them. */
final class Pairs {
    /** @param sent the pair as it is sent */
    private record Pair(String name, String value, String sent) {}

    private final List<Pair> pairs = new ArrayList<>();

    Pairs() {}

    Pairs(Pairs other) {
        pairs.addAll(other.pairs);
    }

    /** In its place if there is one of that name, else at the end. */
    Pairs set(String name, String value) {
        return set(name, value, UTF_8);
    }

    /** The same of a sender whose characters are of this charset. */
    Pairs set(String name, String value, Charset charset) {
        Pair pair = new Pair(name, value, URLEncoder.encode(name, UTF_8) + "=" + URLEncoder.encode(value, charset));
        int place = place(name);
        if (place < 0) {
            pairs.add(pair);
        } else {
            pairs.set(place, pair);
        }
        return this;
    }

    /** One more, whether there is one of that name or not. */
    Pairs add(String name, String value) {
        return insert(pairs.size(), name, value);
    }

    Pairs insert(int place, String name, String value) {
        Pairs one = new Pairs().set(name, value);
        pairs.add(place, one.pairs.get(0));
        return this;
    }

    /** One more, its name percent-encoded although it need not be. */
    Pairs addInDisguise(String name, String value) {
        String first = String.format(Locale.ROOT, "%%%02X", (int) name.charAt(0));
        pairs.add(new Pair(name, value, first + name.substring(1) + "=" + URLEncoder.encode(value, UTF_8)));
        return this;
    }

    /** One more, written in the caller's way. */
    Pairs addWritten(String name, String value, String sent) {
        pairs.add(new Pair(name, value, sent));
        return this;
    }

    Pairs remove(String name) {
        pairs.removeIf(pair -> pair.name().equals(name));
        return this;
    }

    /** As {@link #set}, or as {@link #remove} if the value is null. */
    Pairs change(String name, String value) {
        return value == null ? remove(name) : set(name, value);
    }

    Set<String> names() {
        return pairs.stream().map(Pair::name).collect(Collectors.toCollection(LinkedHashSet::new));
    }

    String value(String name) {
        int place = place(name);
        return place < 0 ? null : pairs.get(place).value();
    }

    int size() {
        return pairs.size();
    }

    String sent() {
        return pairs.stream().map(Pair::sent).collect(Collectors.joining("&"));
    }

    /** Those with a value, decoded and sorted by name: what most senders sign. */
    String sorted(Predicate<String> signed) {
        return pairs.stream()
                .filter(pair -> !pair.value().isEmpty() && signed.test(pair.name()))
                .sorted(Comparator.comparing(Pair::name))
                .map(pair -> pair.name() + "=" + pair.value())
                .collect(Collectors.joining("&"));
    }

    private int place(String name) {
        for (int i = 0; i < pairs.size(); i++) {
            if (pairs.get(i).name().equals(name)) {
                return i;
            }
        }
        return -1;
    }
}
