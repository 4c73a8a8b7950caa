package paynotify.config;

import java.util.Locale;
import java.util.Set;

/** Headers by which proxies tell whose request they pass on: whoever bears one does not sit where its connection comes from. */
public final class ForwardingHeader {
    /** All that tell of an address. RemoteIpValve takes the first away where it believes it, and believes no other. */
    private static final Set<String> OF_CALLER = Set.of(
            "x-forwarded-for",
            "forwarded",
            "x-real-ip",
            "x-client-ip",
            "x-cluster-client-ip",
            "x-original-forwarded-for",
            "client-ip",
            "true-client-ip",
            "cf-connecting-ip",
            "fastly-client-ip",
            "via");

    /** So others begin, which tell of no address: {@code X-Forwarded-Proto}. RemoteIpValve leaves them. */
    private static final String OTHERS = "x-forwarded-";

    private ForwardingHeader() {}

    /** Whether a header of this name, in any case, tells of the caller's address. */
    public static boolean tellsOfCaller(String name) {
        return OF_CALLER.contains(name.toLowerCase(Locale.ROOT));
    }

    /** Whether a header of this name is any that a proxy sets. */
    public static boolean isOne(String name) {
        return tellsOfCaller(name) || name.toLowerCase(Locale.ROOT).startsWith(OTHERS);
    }
}
