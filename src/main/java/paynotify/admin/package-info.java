/**
 * The operator's page (contract, section 12): HTML made on the server, in two languages, for people who may look and people who
 * may act. Knows no SQL: {@code store} asks and acts. Who somebody is, Tomcat's realm says.
 *
 * <p>Everything from outside is written by {@link paynotify.admin.Html}, which escapes all that it writes; there is no other way
 * into a page. No script, no inline style, no address outside of the WAR: the answer's Content-Security-Policy forbids them.
 */
@NullMarked
package paynotify.admin;

import org.jspecify.annotations.NullMarked;
