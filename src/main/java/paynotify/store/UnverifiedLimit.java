package paynotify.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import paynotify.sender.Reading;

/**
 * How many unverified callbacks are logged one by one, and how many bytes of them: so many in a second from one
 * address, {@value #ADDRESSES} times so many in all, and so many bytes in all. Whoever floods the public address fills
 * the disk no faster. Thread-safe.
 *
 * <p>Remembers only addresses of which something was logged in this second, so never more than are logged in all.
 */
public final class UnverifiedLimit {
    /** What is left of a body when the bytes are used up. */
    static final int CUT_BYTES = 1 << 10;

    /** In all as many as from so many addresses. */
    private static final int ADDRESSES = 10;
    /** With cut bodies so many times the bytes are logged, and no more. */
    private static final int CUT_TIMES = 4;
    /** Of IPv6's eight groups, those that tell one customer from another: he may take any address below them. */
    private static final int NETWORK_GROUPS = 4;

    private final int perAddress;
    private final int inAll;
    private final long bytesPerSecond;
    private final Clock clock;
    private final Map<String, Integer> logged = new HashMap<>();
    private long second;
    private int loggedInAll;
    private long bytesLogged;

    /** How much of a callback is logged. */
    enum Share {
        WHOLE,
        /** {@link #CUT_BYTES} of its body. */
        CUT,
        NOTHING
    }

    /**
     * @param perAddress so many in a second
     * @param bytesPerSecond so many bytes of bodies and headers in a second, in all
     */
    public UnverifiedLimit(int perAddress, int bytesPerSecond, Clock clock) {
        this.perAddress = perAddress;
        this.inAll = ADDRESSES * perAddress;
        this.bytesPerSecond = bytesPerSecond;
        this.clock = clock;
    }

    /** How much of one more is logged now; counts it as logged. */
    synchronized Share take(Reading reading) {
        long now = clock.instant().getEpochSecond();
        // Not "later than": the clock may be put back.
        if (now != second) {
            second = now;
            loggedInAll = 0;
            bytesLogged = 0;
            logged.clear();
        }
        String network = network(reading.callback().remoteAddr());
        int before = logged.getOrDefault(network, 0);
        if (loggedInAll >= inAll || before >= perAddress) {
            return Share.NOTHING;
        }
        Share share = takeBytes(reading);
        if (share != Share.NOTHING) {
            logged.put(network, before + 1);
            loggedInAll++;
        }
        return share;
    }

    private Share takeBytes(Reading reading) {
        byte[] body = reading.callback().body();
        int headers = reading.headers() == null ? 0 : reading.headers().getBytes(UTF_8).length;
        int whole = headers + storedBytes(body, body.length);
        if (bytesLogged + whole <= bytesPerSecond) {
            bytesLogged += whole;
            return Share.WHOLE;
        }
        int cut = headers + storedBytes(body, Math.min(body.length, CUT_BYTES));
        if (bytesLogged + cut <= CUT_TIMES * bytesPerSecond) {
            bytesLogged += cut;
            return Share.CUT;
        }
        return Share.NOTHING;
    }

    /** What is no UTF-8 takes three bytes for each of its own. */
    private static int storedBytes(byte[] body, int length) {
        return new String(body, 0, length, UTF_8).getBytes(UTF_8).length;
    }

    /** Who counts as one: an IPv4 address, the first half of an IPv6 one, and all that are no address together. */
    private static String network(@Nullable String remoteAddr) {
        String address = PaymentLog.address(remoteAddr);
        if (address == null) {
            return "";
        }
        int end = -1;
        for (int group = 0; group < NETWORK_GROUPS && (group == 0 || end >= 0); group++) {
            end = address.indexOf(':', end + 1);
        }
        return end < 0 ? address : address.substring(0, end);
    }

    String expected() {
        return "expected at most " + perAddress + " unverified callbacks a second from one address and " + inAll
                + " in all (log.unverified-per-second), and " + expectedBytes();
    }

    String expectedBytes() {
        return bytesPerSecond + " bytes of them (log.unverified-bytes-per-second)";
    }
}
