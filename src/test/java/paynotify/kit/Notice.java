package paynotify.kit;

import java.net.URI;
import java.util.Set;

/** A payment as one of the senders tells it, or with any fault: what a test may do to any of them. */
public interface Notice {
    /** This field with this value, and signed. */
    Notice with(String name, String value);

    /** Without this field, and signed so. */
    Notice without(String name);

    /** This field a second time, and signed so. */
    Notice twice(String name, String value);

    /** The same, its name written the second time in another way that means the same. */
    Notice twiceInDisguise(String name, String value);

    /** This field with this value, or without it if that is null, after it was signed. */
    Notice tamper(String name, String value);

    /** This instead of the right signature; null leaves it out. */
    Notice signature(String text);

    /** By another key: a private key in PEM, or the shared secret. */
    Notice signedBy(String key);

    /** Of all its fields but the signature. */
    Set<String> names();

    String value(String name);

    /** As it is sent to this account. */
    Request request(URI pay);

    default Answer send(URI pay) {
        return request(pay).send();
    }
}
