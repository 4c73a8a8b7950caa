/**
 * The net of the next day: each merchant's bill is fetched, checked, stored and compared with the tables (contract, section
 * 14). Knows {@code background}, {@code store}, {@code sender}, {@code message} and {@code config}; no SQL.
 *
 * <pre>
 * BillWork                 notify-bill-ACCOUNT and notify-bill-settle
 *   Fetch.tick             which day is next, one after another            paynotify.store.Bills
 *     Download             the sender's answer into a file without a name  paynotify.sender.Bill
 *     BillFile             whole and right? Then once more, to be stored   paynotify.message.BillReader
 *     BillComparison       stored lines against the tables                 paynotify.store
 * </pre>
 *
 * <p>Threads: one for each account that has bills, one that looks for what agrees by now. Nothing starts where none has.
 */
@NullMarked
package paynotify.bill;

import org.jspecify.annotations.NullMarked;
