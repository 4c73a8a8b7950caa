package paynotify.store;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How many callbacks that nobody believes are logged one by one: so many in a second from one address, and
 * {@value #ADDRESSES} times so many in all. Whoever floods the public address fills the disk no faster. Thread-safe.
 *
 * <p>Remembers only addresses of which something was logged in this second, so never more than are logged in all.
 */
public final class UnverifiedLimit {
    /** In all as many as from so many addresses. */
    private static final int ADDRESSES = 10;
    /** Of IPv6's eight groups, those that tell one customer from another: he may take any address below them. */
    private static final int NETWORK_GROUPS = 4;

    private final int perAddress;
    private final int inAll;
    private final Clock clock;
    private final Map<String, Integer> logged = new HashMap<>();
    private long second;
    private int loggedInAll;

    /** @param perAddress in a second */
    public UnverifiedLimit(int perAddress, Clock clock) {
        this.perAddress = perAddress;
        this.inAll = ADDRESSES * perAddress;
        this.clock = clock;
    }

    /** Whether one more from there is logged now; true counts it as logged. */
    synchronized boolean allows(@Nullable String remoteAddr) {
        long now = clock.instant().getEpochSecond();
        // Not "later than": the clock may be put back.
        if (now != second) {
            second = now;
            loggedInAll = 0;
            logged.clear();
        }
        if (loggedInAll >= inAll) {
            return false;
        }
        String network = network(remoteAddr);
        int before = logged.getOrDefault(network, 0);
        if (before >= perAddress) {
            return false;
        }
        logged.put(network, before + 1);
        loggedInAll++;
        return true;
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
                + " in all (log.unverified-per-second)";
    }
}
