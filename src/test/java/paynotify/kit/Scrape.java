package paynotify.kit;

import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What a Prometheus would read, of the text form 0.0.4 or of OpenMetrics: each line must be in form. */
public final class Scrape {
    private static final Pattern SAMPLE =
            Pattern.compile("([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\\{(.*)})? (-?[0-9.]+(?:E[+-]?[0-9]+)?|NaN|[+-]Inf)");
    private static final Pattern LABEL = Pattern.compile("([a-zA-Z_][a-zA-Z0-9_]*)=\"((?:[^\"\\\\]|\\\\.)*)\",?");
    private static final Pattern TYPE = Pattern.compile("# TYPE (\\S+) (\\S+)");

    /** Types by the names behind TYPE. */
    private final Map<String, String> types = new TreeMap<>();
    /** By name and sorted labels, as {@code name{a="b",c="d"}}. */
    private final Map<String, Double> samples = new LinkedHashMap<>();

    private final Map<String, Map<String, String>> labels = new LinkedHashMap<>();

    private Scrape(String text) {
        text.lines().forEach(this::read);
    }

    public static Scrape of(String text) {
        return new Scrape(text);
    }

    /** By the form that a client gets which says nothing. */
    public static Scrape of(URI metrics) {
        Answer answer = Http.get(metrics);
        if (answer.status() != 200) {
            throw new AssertionError(answer.toString());
        }
        return new Scrape(answer.text());
    }

    private void read(String line) {
        Matcher type = TYPE.matcher(line);
        if (type.matches()) {
            types.put(type.group(1), type.group(2));
            return;
        }
        if (line.startsWith("# HELP ") || line.startsWith("# UNIT ") || line.equals("# EOF")) {
            return;
        }
        Matcher sample = SAMPLE.matcher(line);
        if (!sample.matches()) {
            throw new AssertionError("no sample: " + line);
        }
        Map<String, String> found = new TreeMap<>();
        String rest = sample.group(2) == null ? "" : sample.group(2);
        Matcher label = LABEL.matcher(rest);
        int end = 0;
        while (label.find() && label.start() == end) {
            found.put(label.group(1), label.group(2));
            end = label.end();
        }
        if (end != rest.length()) {
            throw new AssertionError("no labels: " + line);
        }
        String key = key(sample.group(1), found);
        if (samples.put(key, Double.valueOf(sample.group(3).replace("Inf", "Infinity"))) != null) {
            throw new AssertionError("twice: " + line);
        }
        labels.put(key, found);
    }

    private static String key(String name, Map<String, String> labels) {
        return name + new TreeMap<>(labels);
    }

    /** The number, or 0 where there is no such sample. Labels as name, value, name, value: all that it has. */
    public double value(String name, String... namesAndValues) {
        return samples.getOrDefault(key(name, map(namesAndValues)), 0.0);
    }

    public boolean has(String name, String... namesAndValues) {
        return samples.containsKey(key(name, map(namesAndValues)));
    }

    private static Map<String, String> map(String... namesAndValues) {
        Map<String, String> map = new TreeMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            map.put(namesAndValues[i], namesAndValues[i + 1]);
        }
        return map;
    }

    /** counter, gauge, histogram …; null where there is none of this name. */
    public String type(String name) {
        return types.get(name);
    }

    /** The names of all samples: of a histogram those with _bucket, _count, _sum. */
    public TreeSet<String> names() {
        TreeSet<String> names = new TreeSet<>();
        samples.keySet().forEach(key -> names.add(key.substring(0, key.indexOf('{'))));
        return names;
    }

    /** The label names of all samples of this name. */
    public TreeSet<String> labelNames(String name) {
        TreeSet<String> found = new TreeSet<>();
        labels.forEach((key, all) -> {
            if (key.startsWith(name + "{")) {
                found.addAll(all.keySet());
            }
        });
        return found;
    }

    /** All values of labels that there are, with their names. */
    public List<String> labelValues() {
        return labels.values().stream()
                .flatMap(all -> all.entrySet().stream())
                .map(label -> label.getKey() + "=" + label.getValue())
                .distinct()
                .toList();
    }

    @Override
    public String toString() {
        return samples.toString();
    }
}
