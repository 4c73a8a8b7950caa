package paynotify.admin;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * Something in the story of an order.
 *
 * @param at null if it is not known when
 * @param kind a word for its text and its style
 */
record Moment(@Nullable Instant at, String kind, Runnable content) {}
