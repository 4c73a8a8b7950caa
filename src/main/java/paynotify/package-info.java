/**
 * notify.war: WeChat Pay callbacks, applied exactly once. The path of one callback, each step one call down and one
 * value back:
 *
 * <pre>
 * NotifyServlet             reads the body, at most body.max-bytes        HTTP, and nothing else
 *   CallbackHandler.handle  the story
 *     Sender.read           Callback (unverified) to Finding              paynotify.sender
 *     Store.settle          Finding to Decision: order and log row,       paynotify.store
 *                           one transaction, committed
 *     Sender.reply          Outcome to the sender's own words
 * NotifyServlet             writes the reply
 * </pre>
 *
 * <p>What nobody calls us for, questions and replays, is {@code paynotify.inquiry}'s; it settles by the same store. What the
 * shop's software is told stands in a table by the same transaction, and is sent by {@code paynotify.event}.
 *
 * <p>Packages know each other in one direction: this one knows all, {@code metrics} (figures for those on call), {@code inquiry} and {@code event} all but this one and each other, {@code background} (threads that
 * tick, the HTTP client) knows {@code store}, {@code store} knows
 * {@code sender} (what is verified), {@code message} and {@code config}, {@code sender} knows {@code signature},
 * {@code message} and {@code config}, {@code signature} knows the last two, which know nobody. {@code jakarta.servlet} is
 * imported here and in {@code admin} and {@code metrics} only; {@code message} and {@code sender} log nothing. PackageRuleTest holds it.
 *
 * <p>All shared objects are immutable but these: the pool of connections with its writer threads, what {@code inquiry} and {@code event} say of
 * their own, and the keys that follow
 * their files ({@link paynotify.config.Reloadable}, looked at by one thread, {@link paynotify.config.KeyFileWatcher}).
 */
@NullMarked
package paynotify;

import org.jspecify.annotations.NullMarked;
