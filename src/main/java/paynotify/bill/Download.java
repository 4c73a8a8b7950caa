package paynotify.bill;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.URI;
import java.time.Clock;
import java.time.LocalDate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import paynotify.background.HttpClient;
import paynotify.background.HttpClient.Received;
import paynotify.message.Text;
import paynotify.sender.Bill;
import paynotify.sender.Bill.Answer;
import paynotify.sender.Bill.Next;
import paynotify.sender.Callback;
import paynotify.sender.Inquiry.Request;
import paynotify.sender.Source;
import paynotify.store.Bills;
import paynotify.store.Unavailable;

/** Asks an account's sender for the bill of a day until it lies in the spool, or it is clear why not. Thread-safe. */
final class Download {
    private static final int OK = 200;
    private static final int SERVER_ERROR = 500;
    /** An error of API v2 comes in the place of the bill. */
    private static final int ERROR_BYTES_MAX = 64 << 10;

    private final String account;
    private final Bill bill;
    private final List<URI> addresses;
    private final HttpClient client;
    private final Clock clock;

    /** To be told that we are still at it. */
    @FunctionalInterface
    interface Alive {
        /**
         * Renews the lease, if it is time.
         *
         * @throws Bills.NotOurs if the work is not ours any more
         */
        void renew() throws Unavailable, Bills.NotOurs;
    }

    /**
     * What came of it.
     *
     * @param answer what the sender said instead of a bill; null if it lies in the spool
     * @param sha1 of the bill, where the sender tells it
     */
    record Result(@Nullable Answer answer, @Nullable String sha1) {
        static Result of(Next next, String detail) {
            return new Result(new Answer(next, detail, null), null);
        }
    }

    /** @param addresses tried in this order, and the only ones that a bill is fetched from */
    Download(String account, Bill bill, List<URI> addresses, HttpClient client, Clock clock) {
        this.account = account;
        this.bill = bill;
        this.addresses = List.copyOf(addresses);
        this.client = client;
        this.clock = clock;
    }

    Result run(LocalDate day, Spool spool, Alive alive) throws IOException, Unavailable, Bills.NotOurs {
        Result result = ask(day, spool, alive, false);
        Answer answer = result.answer();
        return answer != null && answer.next() == Next.OLDER_KEY ? ask(day, spool, alive, true) : result;
    }

    private Result ask(LocalDate day, Spool spool, Alive alive, boolean olderKey)
            throws IOException, Unavailable, Bills.NotOurs {
        Result last = Result.of(Next.REFUSED, "expected an answer, found nobody to ask");
        for (URI address : addresses) {
            alive.renew();
            spool.empty();
            Received received;
            try {
                Request request = bill.request(day, olderKey);
                received =
                        send(URI.create(address + request.path()), request, bill.comesAtOnce() ? spool : null, alive);
            } catch (Spool.TooLarge e) {
                return Result.of(Next.UNUSABLE, String.valueOf(e.getMessage()));
            } catch (IOException e) {
                if (spool.size() > 0) {
                    return brokenOff(spool, e);
                }
                last = Result.of(
                        Next.REFUSED, "expected an answer, found " + address + ": " + Text.inOneLine(e.toString()));
                continue;
            }
            if (received.status() < SERVER_ERROR) {
                return answer(received, spool, alive, olderKey);
            }
            last = new Result(read(received, received.body(), olderKey), null);
        }
        return last;
    }

    private static Result brokenOff(Spool spool, IOException e) {
        return Result.of(
                Next.UNUSABLE,
                "expected a whole bill, found that it was broken off behind byte " + spool.size() + ": "
                        + Text.inOneLine(e.toString()));
    }

    /** Into the spool where there is one. */
    private Received send(URI url, Request request, @Nullable Spool spool, Alive alive)
            throws IOException, Unavailable, Bills.NotOurs {
        byte[] body = request.body().getBytes(UTF_8);
        if (spool == null) {
            return client.send(request.method(), url, request.headers(), body);
        }
        try {
            return client.download(request.method(), url, request.headers(), body, (bytes, count) -> {
                spool.add(bytes, count);
                try {
                    alive.renew();
                } catch (Unavailable | Bills.NotOurs e) {
                    throw new Gone(e);
                }
            });
        } catch (Gone e) {
            if (e.getCause() instanceof Unavailable unavailable) {
                throw unavailable;
            }
            if (e.getCause() instanceof Bills.NotOurs notOurs) {
                throw notOurs;
            }
            throw e;
        }
    }

    /** The lease can't be renewed. */
    private static final class Gone extends IOException {
        private static final long serialVersionUID = 1L;

        Gone(Exception cause) {
            super(cause);
        }
    }

    private Result answer(Received received, Spool spool, Alive alive, boolean olderKey)
            throws IOException, Unavailable, Bills.NotOurs {
        if (bill.comesAtOnce() && received.status() == OK) {
            byte[] beginning = spool.beginning(ERROR_BYTES_MAX);
            // "First bytes 1F 8B: packed; <: an error; else the table."
            return beginning.length > 0 && beginning[0] == '<'
                    ? new Result(read(received, beginning, olderKey), null)
                    : new Result(null, null);
        }
        Answer answer = received.tooLarge()
                ? new Answer(Next.UNUSABLE, "expected a short answer, found a longer one", null)
                : read(received, received.body(), olderKey);
        Bill.Download found = answer.download();
        return found == null ? new Result(answer, null) : fetch(found, spool, alive);
    }

    private Answer read(Received received, byte[] body, boolean olderKey) {
        Callback callback = Callback.of(Source.INQUIRY, account, body, received::header, clock.instant());
        return bill.read(received.status(), callback, olderKey);
    }

    /** The file, for which our signature goes only to whom we ask anyway. */
    private Result fetch(Bill.Download found, Spool spool, Alive alive) throws IOException, Unavailable, Bills.NotOurs {
        URI url = found.url();
        if (addresses.stream().noneMatch(address -> isSame(address, url))) {
            return Result.of(
                    Next.UNUSABLE,
                    "expected a download_url at one of inquiry.url, found "
                            + Text.quoted(url.getScheme() + "://" + url.getAuthority()));
        }
        alive.renew();
        spool.empty();
        String query = url.getRawQuery();
        Request request = bill.download(url.getRawPath() + (query == null ? "" : "?" + query));
        try {
            Received received = send(url, request, spool, alive);
            return received.status() == OK
                    ? new Result(null, found.sha1())
                    : Result.of(Next.LATER, "expected HTTP 200 for the file, found " + received.status());
        } catch (Spool.TooLarge e) {
            return Result.of(Next.UNUSABLE, String.valueOf(e.getMessage()));
        } catch (IOException e) {
            return spool.size() > 0
                    ? brokenOff(spool, e)
                    : Result.of(Next.REFUSED, "expected the file, found " + Text.inOneLine(e.toString()));
        }
    }

    private static boolean isSame(URI address, URI url) {
        String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
        return scheme.equals(address.getScheme())
                && url.getHost().equalsIgnoreCase(address.getHost())
                && port(url, scheme) == port(address, scheme);
    }

    private static int port(URI url, String scheme) {
        return url.getPort() >= 0 ? url.getPort() : scheme.equals("https") ? 443 : 80;
    }
}
