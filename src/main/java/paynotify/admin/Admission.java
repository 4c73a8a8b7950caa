package paynotify.admin;

import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Collections;
import org.jspecify.annotations.Nullable;
import paynotify.config.ForwardingHeader;

/** What a request must be, whoever sends it: by a way that nobody reads along, and for acts from a page of this host. */
final class Admission {
    private static final String ADDRESS = "[0-9A-Fa-f:.%]+";

    private Admission() {}

    /**
     * HTTPS, as Tomcat or its RemoteIpValve knows it; or plain HTTP on this machine itself. A header of a proxy means that the
     * caller sits elsewhere, and nobody has said how he came.
     */
    static boolean isConfidential(HttpServletRequest request) {
        return request.isSecure() || (isLoopback(request.getRemoteAddr()) && !isForwarded(request));
    }

    private static boolean isLoopback(@Nullable String address) {
        try {
            // Of an address, and no name: nothing is looked up.
            return address != null
                    && address.matches(ADDRESS)
                    && InetAddress.getByName(address).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    private static boolean isForwarded(HttpServletRequest request) {
        return Collections.list(request.getHeaderNames()).stream().anyMatch(ForwardingHeader::isOne);
    }

    /**
     * Whether a form was sent from a page of this host. The port is compared where the Host header has one: nginx's $host has
     * none.
     */
    static boolean isFromHere(@Nullable String origin, @Nullable String host) {
        if (origin == null || host == null || !origin.matches("https?://[^/?#@\\\\]+")) {
            return false;
        }
        String authority = origin.replaceFirst("https?://", "");
        return authority.equalsIgnoreCase(host)
                || (!hasPort(host) && withoutPort(authority).equalsIgnoreCase(host));
    }

    private static boolean hasPort(String authority) {
        return !withoutPort(authority).equals(authority);
    }

    private static String withoutPort(String authority) {
        return authority.replaceFirst("(?<=[^:]):[0-9]+$", "");
    }
}
