package paynotify.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.IntFunction;

/**
 * Debian's nginx as a child process in the foreground, with all its files in a folder of its own, and the {@link
 * Certificate} of the tests as fullchain.pem and privkey.pem.
 */
public final class Nginx implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(30);

    /** One process, so that nothing is left behind if it is killed, and nothing changes to another user. */
    private static final String MAIN = """
            daemon off;
            master_process off;
            pid nginx.pid;
            lock_file nginx.lock;
            error_log stderr info;
            events { }
            http {
                access_log access.log;
                client_body_temp_path body;
                proxy_temp_path proxy;
                fastcgi_temp_path fastcgi;
                uwsgi_temp_path uwsgi;
                scgi_temp_path scgi;
            %s
            }
            """;

    private final Path folder;
    private final Process process;
    private final int port;

    private Nginx(Path folder, Process process, int port) {
        this.folder = folder;
        this.process = process;
        this.port = port;
    }

    /**
     * Skips the test, or fails it, where there is no nginx; see {@link Program}.
     *
     * @param http what stands in http { }, for the port of 127.0.0.1 that it listens on
     */
    public static Nginx start(IntFunction<String> http) {
        Path binary = Program.NGINX.required();
        Path folder = Kit.newFolder("nginx-");
        int port = Postgres.freePort();
        Nginx nginx;
        try {
            Files.writeString(folder.resolve("nginx.conf"), MAIN.formatted(http.apply(port)));
            Files.writeString(
                    folder.resolve("fullchain.pem"), Certificate.shared().fullChain());
            Files.writeString(
                    folder.resolve("privkey.pem"), Certificate.shared().privateKey());
            Process process = new ProcessBuilder(
                            binary.toString(), "-p", folder + "/", "-e", "stderr", "-c", folder + "/nginx.conf")
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.appendTo(log(folder).toFile()))
                    .start();
            nginx = new Nginx(folder, process, port);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Kit.atExit(nginx::close);
        nginx.awaitStart();
        return nginx;
    }

    /** The one that the configuration was made for. */
    public int port() {
        return port;
    }

    /** Its error log, from level info. */
    public String log() {
        try {
            return Files.readString(log(folder));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroyForcibly();
        process.onExit().join();
        Kit.delete(folder);
    }

    /** It writes its number down when it listens. */
    private void awaitStart() {
        Wait.until(START, () -> Files.exists(folder.resolve("nginx.pid")) || !process.isAlive(), this::log);
        if (!process.isAlive()) {
            throw new IllegalStateException("nginx did not start [log=" + log() + "]");
        }
    }

    private static Path log(Path folder) {
        return folder.resolve("error.log");
    }
}
