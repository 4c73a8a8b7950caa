package paynotify.kit;

import java.io.UncheckedIOException;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** Waits until the application says that it is ready, for as long as that takes: its tables may take long to make. */
final class Readiness {
    private static final int UP = 200;
    private static final int NOT_DEPLOYED = 404;
    private static final Duration STEP = Duration.ofMillis(100);

    private final URI health;
    private final Duration sayEvery;
    private final Consumer<String> say;

    /** @param say is told what is waited for, once in each such time */
    Readiness(URI health, Duration sayEvery, Consumer<String> say) {
        this.health = health;
        this.sayEvery = sayEvery;
        this.say = say;
    }

    /**
     * Returns when the application is ready.
     *
     * @param trouble what has become of Tomcat, if it has ended; null while it runs
     * @throws IllegalStateException if there is nothing to wait for
     */
    void await(Supplier<String> trouble) {
        long saidNanos = System.nanoTime();
        for (int status = status(); status != UP; status = status()) {
            if (status == NOT_DEPLOYED) {
                throw new IllegalStateException("the application did not start");
            }
            String found = trouble.get();
            if (found != null) {
                throw new IllegalStateException(found);
            }
            if (System.nanoTime() - saidNanos >= sayEvery.toNanos()) {
                say.accept(
                        "Waiting until the application has its tables ready (" + health + " answers " + status + ")");
                saidNanos = System.nanoTime();
            }
            LockSupport.parkNanos(STEP.toNanos());
        }
    }

    /** 0 where nothing answers. */
    private int status() {
        try {
            return Http.get(health).status();
        } catch (UncheckedIOException e) {
            return 0;
        }
    }
}
