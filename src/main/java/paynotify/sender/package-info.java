/**
 * What the senders' documents say: one file a sender, and the readers and signers that they share. A sender turns a
 * {@link paynotify.sender.Callback} (unverified bytes) into a {@link paynotify.sender.Finding}; only after its
 * signature, its fields and its merchant have been checked is that a {@link paynotify.sender.Payment}, which nobody
 * outside this package can make.
 *
 * <p>Knows no servlet and no database. All objects are immutable after construction and may be shared by threads,
 * save {@link paynotify.sender.Fields} and {@link paynotify.sender.XmlParser}, which live inside one call.
 */
@NullMarked
package paynotify.sender;

import org.jspecify.annotations.NullMarked;
