/**
 * Keys, signed texts and digests: whether a message is its sender's. What is not proved is a
 * {@link paynotify.signature.BadSignature}, with what was expected and found.
 *
 * <p>Knows {@code message} and {@code config}. All objects may be shared by threads.
 */
@NullMarked
package paynotify.signature;

import org.jspecify.annotations.NullMarked;
