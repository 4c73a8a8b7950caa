package paynotify.bench;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import paynotify.kit.Postgres;
import paynotify.kit.Tomcat;

/**
 * What of the machine has been used up to now, as Linux and PostgreSQL count it.
 *
 * @param serverTicks CPU of Tomcat, in 10 ms
 * @param databaseTicks of all of PostgreSQL's processes
 * @param clientTicks of this one
 * @param walBytes that PostgreSQL has written
 */
record Usage(long serverTicks, long databaseTicks, long clientTicks, long walBytes) {
    private static final double TICK_US = 10_000;
    /** In /proc/PID/stat, counted after the name: utime, stime, and those of the children that have ended. */
    private static final int UTIME = 11;

    private static final int CSTIME = 14;

    /** @param tomcat null where there is none */
    static Usage now(Postgres postgres, @Nullable Tomcat tomcat) {
        return new Usage(
                tomcat == null ? 0 : ticks(tomcat.pid()),
                postgres.pids().map(Usage::ticks).sum(),
                ticks(ProcessHandle.current().pid()),
                ((Number) postgres.admin("postgres").value("select pg_current_wal_insert_lsn() - '0/0'")).longValue());
    }

    Usage since(Usage before) {
        return new Usage(
                serverTicks - before.serverTicks,
                databaseTicks - before.databaseTicks,
                clientTicks - before.clientTicks,
                walBytes - before.walBytes);
    }

    static double micros(long ticks, int callbacks) {
        return ticks * TICK_US / callbacks;
    }

    private static long ticks(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc", Long.toString(pid), "stat"));
            String[] afterName = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return IntStream.rangeClosed(UTIME, CSTIME)
                    .mapToLong(field -> Long.parseLong(afterName[field]))
                    .sum();
        } catch (IOException e) {
            // It has ended, and counts among its parent's children; where there is no /proc at all, nothing can be
            // told.
            if (Files.exists(Path.of("/proc/self/stat"))) {
                return 0;
            }
            throw new UncheckedIOException(e);
        }
    }
}
