/**
 * What our database promises: {@link paynotify.store.Store} settles one callback in one transaction, and that is the
 * only way in. SQL stands in this package and nowhere else. Knows no servlet and no message format.
 */
@NullMarked
package paynotify.store;

import org.jspecify.annotations.NullMarked;
