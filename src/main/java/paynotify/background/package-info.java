/**
 * What all work shares that no callback waits for: threads that tick, and the one HTTP client by which anything goes out.
 * Knows {@code store} only by its {@code Unavailable}; what is done stands in {@code inquiry} and its neighbours.
 *
 * <p>Ticks come from a {@code ScheduledExecutorService}. A library like db-scheduler decides which of several Tomcats runs
 * a job, by a table of its own; here every Tomcat may tick at any time, because what is shared is claimed row by row in
 * tables that are SQL's interface anyway ({@code payment_inquiry}, {@code payment_replay}). A second table of claims would
 * only be one more to grant and to look after.
 */
@NullMarked
package paynotify.background;

import org.jspecify.annotations.NullMarked;
