package paynotify.sender;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * Jazzer on every {@link Reader}, one after the other: {@code mvn -Pfuzz verify -Dfuzz.seconds=60}. What it has found to
 * lead somewhere new stays in {@code target/fuzz} for the next time; a finding ends it.
 */
public final class Fuzz {
    private static final int LENGTH_MAX = 8_192;
    /** For one input; the first of them, on a busy machine, loads the classes, too. {@code ReaderTest} is stricter. */
    private static final int TIME_MAX_SECONDS = 10;

    private static final String TARGET = "fuzz.reader";
    private static final Reader.Read READ = System.getProperty(TARGET) == null
            ? null
            : Reader.valueOf(System.getProperty(TARGET)).open();

    private Fuzz() {}

    /** What Jazzer calls, in a JVM of its own for each reader. */
    public static void fuzzerTestOneInput(byte[] input) {
        READ.tryTo(input);
    }

    /** @param args the folder for what is found, and the seconds for each reader */
    public static void main(String[] args) throws IOException, InterruptedException {
        for (Reader reader : Reader.values()) {
            Path corpus = Files.createDirectories(Path.of(args[0]).resolve(reader.name()));
            int number = 0;
            for (byte[] seed : reader.seeds()) {
                Files.write(corpus.resolve("seed-" + ++number), seed);
            }
            System.out.println("fuzzing " + reader);
            int exit = new ProcessBuilder(command(reader, corpus, args[1]))
                    .inheritIO()
                    .start()
                    .waitFor();
            if (exit != 0) {
                throw new IllegalStateException(reader + ": see above, and the file in " + corpus.getParent());
            }
        }
    }

    private static List<String> command(Reader reader, Path corpus, String seconds) {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-D" + TARGET + "=" + reader,
                "-classpath",
                System.getProperty("java.class.path"),
                "com.code_intelligence.jazzer.Jazzer",
                "--target_class=" + Fuzz.class.getName(),
                "--instrumentation_includes=paynotify.**",
                "--reproducer_path=" + corpus.getParent(),
                "-artifact_prefix=" + corpus.getParent() + File.separator + reader + "-",
                "-max_total_time=" + seconds,
                "-max_len=" + LENGTH_MAX,
                "-timeout=" + TIME_MAX_SECONDS,
                "-rss_limit_mb=2048",
                "-print_final_stats=1",
                corpus.toString());
    }
}
