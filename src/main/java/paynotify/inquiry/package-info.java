/**
 * What nobody calls us for: senders are asked about orders whose callback did not come, and rows of the log are read once
 * more (contract, sections 7 and 8). Knows {@code background}, {@code store}, {@code sender} and {@code config}; no SQL and no message format.
 *
 * <pre>
 * Enroller                 notify-enrol: which orders come of age           paynotify.store.Enrolment
 * Inquirer                 notify-inquiry, twice a second: claims, hands out
 *   Inquiries.claim        what is due, ours for the time of a lease        paynotify.store
 *   Conversation.ask       notify-question-N, at most 20 for an account:
 *     Asker.pace           waits until the account may send once more
 *     HttpClient           one address after another
 *     Inquiry.read         an answer to its meaning                         paynotify.sender
 *   Inquiries.answered     settled and noted, one transaction               paynotify.store
 * Replay                   notify-replay, once a second                     paynotify.store.Replays
 * </pre>
 *
 * <p>Threads: the objects here are shared by the ticking thread and the questions' threads; each says how. Nothing starts
 * but {@code notify-replay} where no account inquires.
 */
@NullMarked
package paynotify.inquiry;

import org.jspecify.annotations.NullMarked;
