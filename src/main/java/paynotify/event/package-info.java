/**
 * The shop's software is told what has become of its orders (contract, section 11): events that stand in {@code payment_event}
 * are posted to its webhook, as Standard Webhooks 1.0.0 says, until it has heard. Knows {@code background}, {@code store},
 * {@code signature}, {@code message} and {@code config}; no SQL.
 *
 * <pre>
 * Deliverer                notify-event: notes results, takes up what is due, in one transaction
 *   EventQueue.exchange    ours for the time of a lease                     paynotify.store
 *   Delivery.send          notify-event-N, at most 32 for an account:
 *     EventBody            the row as JSON
 *     WebhookSigner        a signature by each secret
 *     HttpClient           one request, 15 s in all                         paynotify.background
 * EventWork                notify-event-forget: deletes what is old         paynotify.store.EventQueue
 * </pre>
 *
 * <p>The rows themselves are written by {@code paynotify.store.EventLog}, in the transaction that they tell of. Nothing starts
 * here where neither a webhook nor a channel is configured.
 */
@NullMarked
package paynotify.event;

import org.jspecify.annotations.NullMarked;
