package paynotify.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Debian's PgBouncer in front of one of the kit's PostgreSQL servers, as a child process, on a port of 127.0.0.1.
 *
 * <p>All databases and roles of the server can be reached by way of it, also those that are made later, with the same
 * passwords: it asks the server for their SCRAM verifiers.
 */
public final class PgBouncer implements AutoCloseable {

    /** For how long a client keeps the server's connection ({@code pool_mode}). */
    public enum Mode {
        SESSION,
        TRANSACTION
    }

    private static final Duration START = Duration.ofSeconds(30);
    private static final Pattern PORT = Pattern.compile("(?<=//127\\.0\\.0\\.1:)(\\d+)(?=/)");

    private final Path folder;
    private final Process process;
    private final int port;
    private final String targetUrl;
    private final Database database;

    private PgBouncer(Path folder, Process process, int port, Database target) {
        this.folder = folder;
        this.process = process;
        this.port = port;
        this.targetUrl = target.url();
        this.database = in(target);
    }

    /**
     * Skips the test, or fails it, where there is no PgBouncer; see {@link Program}.
     *
     * @param moreSettings lines of pgbouncer.ini, such as {@code default_pool_size = 2} (20 where left out)
     */
    public static PgBouncer start(Database target, Mode mode, String... moreSettings) {
        Path binary = Program.PGBOUNCER.required();
        Path folder = Kit.newFolder("pgbouncer-");
        int port = Postgres.freePort();
        PgBouncer bouncer;
        try {
            Path settings = folder.resolve("pgbouncer.ini");
            Files.writeString(settings, settings(port, port(target.url()), mode, moreSettings));
            bouncer = new PgBouncer(folder, process(binary, settings), port, target);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Kit.atExit(bouncer::close);
        bouncer.awaitStart();
        return bouncer;
    }

    /** Of the database that it was started for. */
    public String url() {
        return database.url();
    }

    /** The database that it was started for, by way of this. */
    public Database database() {
        return database;
    }

    /** Any database of the same server, by way of this. */
    public Database in(Database other) {
        if (port(other.url()) != port(targetUrl)) {
            throw new IllegalArgumentException("of another server [url=" + other.url() + "]");
        }
        return other.at(PORT.matcher(other.url()).replaceFirst(Integer.toString(port)));
    }

    /** What it says: logins, and why it refuses or closes a connection. */
    public String log() {
        try {
            return Files.readString(log(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** All connections are broken off. */
    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        Kit.delete(folder);
    }

    private static String settings(int port, int serverPort, Mode mode, String[] more) {
        return """
                [databases]
                * = host=127.0.0.1 port=%d
                [pgbouncer]
                listen_addr = 127.0.0.1
                listen_port = %d
                unix_socket_dir =
                pool_mode = %s
                auth_type = scram-sha-256
                auth_user = postgres
                auth_query = SELECT rolname, rolpassword FROM pg_authid WHERE rolname = $1 AND rolcanlogin
                ; The JDBC driver sends it with each login; PgBouncer refuses what it does not know.
                ignore_startup_parameters = extra_float_digits
                %s
                """.formatted(serverPort, port, mode.name().toLowerCase(Locale.ROOT), String.join("\n", more));
    }

    private static Process process(Path binary, Path settings) throws IOException {
        List<String> command = new ArrayList<>();
        if (System.getProperty("user.name").equals("root")) {
            // It refuses to run as root. In a user namespace without names it is nobody, and may read its files all the
            // same; the library that starts PostgreSQL does so, too.
            command.addAll(List.of("unshare", "--user"));
        }
        command.addAll(List.of(binary.toString(), settings.toString()));
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(Redirect.appendTo(log(settings.getParent()).toFile()))
                .start();
    }

    private void awaitStart() {
        Wait.until(START, () -> log().contains("process up") || !process.isAlive(), this::log);
        if (!process.isAlive()) {
            throw new IllegalStateException("PgBouncer did not start [log=" + log() + "]");
        }
    }

    private static Path log(Path folder) {
        return folder.resolve("pgbouncer.log");
    }

    private static int port(String url) {
        Matcher matcher = PORT.matcher(url);
        if (!matcher.find()) {
            throw new IllegalArgumentException("no port of 127.0.0.1 [url=" + url + "]");
        }
        return Integer.parseInt(matcher.group());
    }
}
