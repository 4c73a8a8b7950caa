package paynotify.kit;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What an expression of Prometheus' language names. As much of the language as our rules and dashboard use. */
public final class PromQl {
    private static final Set<String> FUNCTIONS =
            Set.of("sum", "max", "min", "abs", "rate", "increase", "histogram_quantile", "time", "hour", "vector");
    private static final Set<String> OPERATORS = Set.of("and", "or", "on", "by");
    /** What Prometheus and Grafana add. */
    private static final Set<String> ADDED = Set.of("instance", "job");

    private static final Pattern GROUPING = Pattern.compile("\\b(by|on) \\(([^()]*)\\)");
    private static final Pattern MATCHER = Pattern.compile("(\\w+)(=|!=|=~|!~)\"(?:[^\"\\\\]|\\\\.)*\"");
    private static final Pattern SELECTOR = Pattern.compile("([a-zA-Z_:][\\w:]*)(?:\\{([^{}]*)})?");
    private static final Pattern RANGE = Pattern.compile("\\[(\\d+[smhd]|\\$__range|\\$__rate_interval)]");

    private final Map<String, Set<String>> labels = new TreeMap<>();

    private PromQl() {}

    /**
     * The metrics that it names, each with the labels by which they are chosen or grouped.
     *
     * @throws AssertionError if it is not well-formed
     */
    public static Map<String, Set<String>> metrics(String expression) {
        PromQl found = new PromQl();
        found.read(expression);
        return found.labels;
    }

    private void read(String expression) {
        balanced(expression);
        Set<String> grouped = new TreeSet<>();
        Matcher grouping = GROUPING.matcher(expression);
        while (grouping.find()) {
            for (String label : grouping.group(2).split(",")) {
                if (!label.isBlank()) {
                    grouped.add(label.strip());
                }
            }
        }
        String rest = RANGE.matcher(grouping.replaceAll(" ")).replaceAll(" ");
        if (rest.contains("[") || rest.contains("]")) {
            throw new AssertionError("a range in " + expression);
        }
        Matcher selector = SELECTOR.matcher(rest);
        while (selector.find()) {
            String name = selector.group(1);
            boolean called = rest.substring(selector.end()).stripLeading().startsWith("(");
            if (called && !FUNCTIONS.contains(name) && !OPERATORS.contains(name)) {
                throw new AssertionError("no such function: " + name + " in " + expression);
            }
            if (!called && !OPERATORS.contains(name)) {
                Set<String> own = labels.computeIfAbsent(name, key -> new TreeSet<>(grouped));
                own.addAll(chosenBy(selector.group(2), expression));
                own.removeAll(ADDED);
            }
        }
    }

    private static Set<String> chosenBy(String matchers, String expression) {
        Set<String> names = new TreeSet<>();
        if (matchers != null) {
            Matcher matcher = MATCHER.matcher(matchers);
            while (matcher.find()) {
                names.add(matcher.group(1));
            }
            if (!matcher.replaceAll("").matches("[, ]*")) {
                throw new AssertionError("a matcher in " + expression);
            }
        }
        return names;
    }

    private static void balanced(String expression) {
        Deque<Character> open = new ArrayDeque<>();
        boolean quoted = false;
        for (char c : expression.toCharArray()) {
            quoted ^= c == '"';
            if (!quoted && "({[".indexOf(c) >= 0) {
                open.push(c == '(' ? ')' : c == '{' ? '}' : ']');
            } else if (!quoted && ")}]".indexOf(c) >= 0 && (open.isEmpty() || open.pop() != c)) {
                throw new AssertionError("not balanced: " + expression);
            }
        }
        if (quoted || !open.isEmpty()) {
            throw new AssertionError("not balanced: " + expression);
        }
    }
}
