/**
 * What the senders' documents say, one file a sender. A message is read by {@link paynotify.message} and proved by
 * {@link paynotify.signature}. A sender turns a
 * {@link paynotify.sender.Callback} (unverified bytes) into a {@link paynotify.sender.Finding}; only after its
 * proof, its fields and its merchant have been checked is that a {@link paynotify.sender.Payment} or a
 * {@link paynotify.sender.Refund}, which nobody outside this package can make.
 *
 * <p>How a sender is asked, and what its answers mean, says its {@link paynotify.sender.Inquiry}; an answer becomes a fact
 * by the same checks as a callback.
 *
 * <p>Knows no servlet and no database. All objects are immutable after construction and may be shared by threads.
 */
@NullMarked
package paynotify.sender;

import org.jspecify.annotations.NullMarked;
