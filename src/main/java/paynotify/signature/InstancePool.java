package paynotify.signature;

import java.security.GeneralSecurityException;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * The JDK's objects for one algorithm, each used by one thread at a time and kept for the next one: to look one up among
 * the providers takes longer than to decrypt a message. There are as many as have been in use at once. Thread-safe.
 */
final class InstancePool<E> {
    interface Lookup<E> {
        E get() throws GeneralSecurityException;
    }

    interface Use<E, R> {
        R of(E engine) throws GeneralSecurityException;
    }

    private final Lookup<E> lookup;
    private final Queue<E> idle = new ConcurrentLinkedQueue<>();

    InstancePool(Lookup<E> lookup) {
        this.lookup = lookup;
    }

    /** What one that throws is like afterwards, nobody knows: it is not used again. */
    <R> R use(Use<E, R> use) throws GeneralSecurityException {
        E kept = idle.poll();
        E engine = kept == null ? lookup.get() : kept;
        R result = use.of(engine);
        idle.add(engine);
        return result;
    }
}
