/**
 * Reads bytes that anybody may have sent: {@link paynotify.message.XmlParser}, {@link paynotify.message.Json} and
 * {@link paynotify.message.Pairs}, and the values in them: times, amounts, numbers, texts. What can't be read is
 * {@link paynotify.message.Malformed}, with what was expected and found, and where.
 *
 * <p>Knows nobody: no sender, no key, no servlet, no database. A reader and what it reads into live inside one call; once
 * read, {@link paynotify.message.Fields} and {@link paynotify.message.Json} are not changed any more.
 */
@NullMarked
package paynotify.message;

import org.jspecify.annotations.NullMarked;
