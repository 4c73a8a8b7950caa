/**
 * {@code notify.properties}: where it is, what its values are, and every fault in it as one line. Knows no key by name.
 */
@NullMarked
package paynotify.config;

import org.jspecify.annotations.NullMarked;
