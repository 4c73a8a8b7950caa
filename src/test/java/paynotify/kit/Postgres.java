package paynotify.kit;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.ByteArrayInputStream;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.logging.Level;
import java.util.logging.Logger;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import java.util.zip.ZipFile;

/**
 * A real PostgreSQL server of our own, on a port and in a data directory that it keeps over stop() and start().
 *
 * <p>Its time zone is, for tests, neither the JVM's nor Beijing's, so that a mistake with zones shows. Passwords are asked for.
 */
public final class Postgres implements AutoCloseable {
    private static final String ACCESS = """
            host all postgres 127.0.0.1/32 trust
            host all postgres ::1/128 trust
            host all all 127.0.0.1/32 scram-sha-256
            host replication postgres 127.0.0.1/32 trust
            """;
    private static final String TIME_ZONE = "America/St_Johns";
    /** On a machine that has much else to do, it may take minutes. */
    private static final Duration START = Duration.ofMinutes(10);

    private static final Duration END = Duration.ofSeconds(30);
    private static final AtomicInteger DATABASES = new AtomicInteger();

    // Held, because java.util.logging forgets the level of a logger that nobody holds.
    private static final Logger ZONKY = Logger.getLogger("io.zonky");

    static {
        // Otherwise it makes an empty folder in the system's temp folder, whether it uses it or not.
        System.setProperty("ot.epg.working-dir", binaries().toString());
    }

    private static Postgres shared;

    private final Path folder;
    private final int port;
    private final String timeZone;
    /** Whether a commit waits for the disk. Tests need not: none of them takes the machine's power away. */
    private final String fsync;

    /** Another version's binaries; null for those on the class path. */
    private final Path binaries;

    private EmbeddedPostgres server;

    private Postgres(int port, String timeZone, boolean durable) {
        this(port, timeZone, durable, null);
    }

    private Postgres(int port, String timeZone, boolean durable, Path binaries) {
        this.binaries = binaries;
        this.folder = Kit.newFolder("postgres-");
        this.port = port;
        this.timeZone = timeZone;
        this.fsync = durable ? "on" : "off";
    }

    /** The server that all tests of this JVM share which do not harm it. It ends with the JVM. */
    public static synchronized Postgres shared() {
        if (shared == null) {
            shared = start(freePort());
        }
        return shared;
    }

    /** A server of the caller's own. */
    public static Postgres start() {
        return start(freePort());
    }

    /** A server of the caller's own that keeps what it has committed as a shop's does: on the disk. */
    public static Postgres startDurable() {
        return start(freePort(), TIME_ZONE, true);
    }

    /** A server of the oldest version that we promise to work with, for Linux on x86. */
    public static Postgres startOldest() {
        return start(new Postgres(freePort(), TIME_ZONE, false, Kit.required("kit.postgres14")));
    }

    private static Postgres start(int port) {
        return start(port, TIME_ZONE);
    }

    public static Postgres start(int port, String timeZone) {
        return start(port, timeZone, false);
    }

    private static Postgres start(int port, String timeZone, boolean durable) {
        return start(new Postgres(port, timeZone, durable));
    }

    private static Postgres start(Postgres postgres) {
        ZONKY.setLevel(Level.WARNING);
        Kit.atExit(postgres::close);
        postgres.startAgain();
        return postgres;
    }

    public int port() {
        return port;
    }

    /** A fresh database, owned by a fresh role. */
    public Database newDatabase() {
        return newDatabase("");
    }

    /** One with further words of CREATE DATABASE. */
    public Database newDatabase(String options) {
        String name = "shop" + DATABASES.incrementAndGet();
        return newDatabase(name, name, "pw-of-" + name + "-" + Long.toHexString(System.nanoTime()), options);
    }

    Database newDatabase(String name, String user, String password, String options) {
        Kit.keepSecret(password);
        Database admin = admin("postgres");
        admin.execute("create role " + user + " login password '" + password + "'");
        admin.execute("create database " + name + " owner " + user + " " + options);
        return new Database(url(name), user, password);
    }

    /** What the superuser sees of a database. */
    public Database admin(String name) {
        return new Database(url(name), "postgres", "");
    }

    public synchronized void startAgain() {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder();
            if (binaries != null) {
                builder.setPgBinaryResolver((system, hardware) -> entry(binaries, "postgres-linux-x86_64.txz"));
            }
            server = builder.setOverrideWorkingDirectory(binaries().toFile())
                    .setDataDirectory(folder.resolve("data"))
                    .setDataDirectoryCustomizer(Postgres::writeAccess)
                    .setCleanDataDirectory(false)
                    .setRegisterShutdownHook(false)
                    .setPort(port)
                    .setServerConfig("unix_socket_directories", "")
                    .setServerConfig("timezone", timeZone)
                    .setServerConfig("fsync", fsync)
                    // The library turns it off, and then a killed server forgets what it has told to be committed.
                    .setServerConfig("synchronous_commit", "on")
                    .setPGStartupWait(START)
                    .setOutputRedirector(Redirect.appendTo(log()))
                    .setErrorRedirector(Redirect.appendTo(log()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Connections are broken off, as by "pg_ctl stop -m fast". */
    public synchronized void stop() {
        if (server == null) {
            return;
        }
        try {
            thaw();
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            server = null;
        }
    }

    /** The server and all its connections stay open and answer nothing. */
    public void freeze() {
        // The postmaster first, so that it makes no new process meanwhile.
        signal("-STOP", postmaster());
        postmaster().children().forEach(process -> signal("-STOP", process));
    }

    public void thaw() {
        postmaster().children().forEach(process -> signal("-CONT", process));
        signal("-CONT", postmaster());
    }

    /**
     * SIGKILL to all its processes at once, as when the machine is lost. (Not to the disk's cache: the kit's servers run
     * without fsync.) {@link #startAgain} recovers what was committed.
     */
    public synchronized void kill() {
        ProcessHandle postmaster = postmaster();
        // So that it makes no new process meanwhile.
        signal("-STOP", postmaster);
        List<ProcessHandle> all = new ArrayList<>(postmaster.children().toList());
        all.add(postmaster);
        all.forEach(process -> signal("-KILL", process));
        forget(all);
    }

    /** SIGKILL to the postmaster alone; its processes see it and end by themselves. */
    public synchronized void killPostmaster() {
        ProcessHandle postmaster = postmaster();
        List<ProcessHandle> all = new ArrayList<>(postmaster.children().toList());
        all.add(postmaster);
        signal("-KILL", postmaster);
        forget(all);
    }

    /** SIGKILL to one connection's process: the server breaks off all others. Returns when it has recovered by itself. */
    public void killBackendOf(Database database) {
        List<Map<String, Object>> backends = admin("postgres")
                .rows(
                        "select pid from pg_stat_activity where usename = ? and application_name <> ?"
                                + " order by state = 'active' desc, random() limit 1",
                        database.user(),
                        Database.APPLICATION);
        backends.forEach(row ->
                ProcessHandle.of(((Number) row.get("pid")).longValue()).ifPresent(process -> signal("-KILL", process)));
    }

    /** Breaks off all connections of this role but the tests' own. Returns how many. */
    public long terminateAllOf(Database database) {
        return admin("postgres")
                .count(
                        "(select pg_terminate_backend(pid) from pg_stat_activity"
                                + " where usename = ? and application_name <> ?) as terminated",
                        database.user(),
                        Database.APPLICATION);
    }

    private void forget(List<ProcessHandle> killed) {
        Wait.until(END, () -> killed.stream().noneMatch(ProcessHandle::isAlive), () -> "still alive: " + killed);
        ZONKY.setLevel(Level.OFF);
        try {
            // There is nothing to stop any more; it gives up its lock.
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            ZONKY.setLevel(Level.WARNING);
            server = null;
        }
    }

    /**
     * Another server on a copy of this one's data, which follows it and takes over when it is told to. This one stops
     * for the copy; afterwards it commits nothing before the other has it, too.
     */
    public Postgres synchronousStandby() {
        stop();
        Postgres standby = new Postgres(freePort(), timeZone, true);
        Kit.copy(folder.resolve("data"), standby.folder.resolve("data"));
        try {
            Files.createFile(standby.folder.resolve("data/standby.signal"));
            Files.writeString(
                    standby.folder.resolve("data/postgresql.auto.conf"),
                    "primary_conninfo = 'host=127.0.0.1 port=" + port + " user=postgres application_name=standby'\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        startAgain();
        Kit.atExit(standby::close);
        standby.startAgain();
        Database admin = admin("postgres");
        Wait.until(
                END, () -> admin.count("pg_stat_replication where state = 'streaming'") == 1, () -> "does not follow");
        admin.execute("alter system set synchronous_standby_names = 'standby'");
        admin.execute("select pg_reload_conf()");
        Wait.until(
                END, () -> admin.count("pg_stat_replication where sync_state = 'sync'") == 1, () -> "not synchronous");
        return standby;
    }

    /** Of a standby: it is the primary from now on. */
    public void promote() {
        admin("postgres").execute("select pg_promote(true, 30)");
    }

    @Override
    public void close() {
        stop();
        Kit.delete(folder);
    }

    static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String url(String name) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + name;
    }

    private File log() {
        return folder.resolve("postgres.log").toFile();
    }

    /** Of all its processes. */
    public LongStream pids() {
        return Stream.concat(Stream.of(postmaster()), postmaster().children()).mapToLong(ProcessHandle::pid);
    }

    private ProcessHandle postmaster() {
        try {
            String pid =
                    Files.readAllLines(folder.resolve("data/postmaster.pid")).get(0);
            return ProcessHandle.of(Long.parseLong(pid.trim())).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void signal(String signal, ProcessHandle process) {
        try {
            int exit = new ProcessBuilder("kill", signal, Long.toString(process.pid()))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.DISCARD)
                    .start()
                    .waitFor();
            // A connection that was just closed has no process any more.
            if (exit != 0 && process.isAlive()) {
                throw new IllegalStateException("kill failed [signal=" + signal + ", pid=" + process.pid() + "]");
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static InputStream entry(Path jar, String name) throws IOException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            return new ByteArrayInputStream(
                    zip.getInputStream(zip.getEntry(name)).readAllBytes());
        }
    }

    private static Path binaries() {
        return Kit.folder().resolve("postgres-binaries");
    }

    private static void writeAccess(File data) {
        try {
            Files.writeString(data.toPath().resolve("pg_hba.conf"), ACCESS);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
