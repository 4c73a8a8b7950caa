/**
 * Figures for those who are on call (contract, section 13): counted as they happen, read when they are asked for, served as
 * Prometheus and OpenMetrics text. Knows {@code store}, {@code sender} and {@code config}; off, nothing of it runs.
 *
 * <pre>
 * MetricsServlet           who may ask, and in which form
 *   MetricsWork.scrape     all there is now
 *     EventMeter           counts what happens                             paynotify.store.Meter
 *     StateGauges          keys, clocks, pool, who waits: read at once
 *     TableGauges          what the tables tell: read by notify-metrics    paynotify.store.Figures
 *     JVM                  as the library names it
 * </pre>
 *
 * <p>No label's value comes from a stranger: accounts and keys are configured ones, all else is one of a few words.
 */
@NullMarked
package paynotify.metrics;

import org.jspecify.annotations.NullMarked;
