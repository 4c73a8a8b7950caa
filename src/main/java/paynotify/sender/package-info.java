/**
 * What the senders' documents say: one file a sender, and the readers and signers that they share. A message is read by
 * {@link paynotify.sender.XmlParser}, {@link paynotify.sender.JsonParser} or {@link paynotify.sender.Pairs}, all into
 * {@link paynotify.sender.Fields}; what the first two see of its bytes is {@link paynotify.sender.Input}. A sender turns a
 * {@link paynotify.sender.Callback} (unverified bytes) into a {@link paynotify.sender.Finding}; only after its
 * proof, its fields and its merchant have been checked is that a {@link paynotify.sender.Payment} or a
 * {@link paynotify.sender.Refund}, which nobody outside this package can make.
 *
 * <p>How a sender is asked, and what its answers mean, says its {@link paynotify.sender.Inquiry}; an answer becomes a fact
 * by the same checks as a callback.
 *
 * <p>Knows no servlet and no database. All objects are immutable after construction and may be shared by threads,
 * save those that read one message (the three readers and what they read with and into), which live inside one call.
 */
@NullMarked
package paynotify.sender;

import org.jspecify.annotations.NullMarked;
