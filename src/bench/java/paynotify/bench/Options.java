package paynotify.bench;

import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * What {@code -Dbench.NAME=} says. What holds where it says nothing stands in pom.xml, profile bench.
 *
 * @param part {@code parse}, {@code load}, {@code metrics}, {@code lost}, {@code queries}, {@code people}, {@code months}, {@code parts} or
 *     {@code storage}; empty for the first two
 * @param rounds how often everything is measured, in turn; what is printed are medians
 * @param seconds of one iteration of JMH
 * @param callbacks of one run at one number of connections
 * @param poolSize {@code db.pool-size}
 * @param war the WAR that was built
 * @param otherWar one to be measured beside it, or empty
 * @param heap {@code -Xmx} of a further Tomcat to be measured beside the first, or empty
 * @param connector an attribute of the connector, {@code name=value}, of a further Tomcat to be measured beside the first,
 *     or empty
 * @param with lines of notify.properties, with semicolons between them, of a further Tomcat to be measured beside the
 *     first, or empty
 * @param rows orders and log rows that a further database holds already, or 0; of {@code queries}, 5 million where 0; of
 *     {@code months}, of the month that is dropped, 800,000 where 0
 * @param minutes of a run without an end at 64 connections, instead of the table; or 0
 */
record Options(
        String part,
        int rounds,
        int seconds,
        int callbacks,
        List<Integer> connections,
        int poolSize,
        Path war,
        String otherWar,
        String heap,
        String connector,
        String with,
        int rows,
        int minutes) {

    static Options read() {
        return new Options(
                text("part"),
                number("rounds"),
                number("seconds"),
                number("callbacks"),
                Stream.of(text("connections").split(",")).map(Integer::valueOf).toList(),
                number("pool-size"),
                Path.of(System.getProperty("kit.war")),
                text("war"),
                text("heap"),
                text("connector"),
                text("with"),
                number("rows"),
                number("minutes"));
    }

    boolean hasPart(String name) {
        return part.equals(name) || (part.isEmpty() && !name.equals("lost") && !name.equals("metrics"));
    }

    private static String text(String name) {
        return System.getProperty("bench." + name);
    }

    private static int number(String name) {
        return Integer.parseInt(text(name));
    }
}
