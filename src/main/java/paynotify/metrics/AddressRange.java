package paynotify.metrics;

import java.net.InetAddress;
import java.net.UnknownHostException;
import org.jspecify.annotations.Nullable;

/** A range of addresses as {@code 10.1.0.0/16} or {@code fd00::/8}. An IPv4 address inside an IPv6 one is an IPv4 address. Immutable. */
final class AddressRange {
    private static final String IPV4 = "[0-9]{1,3}(\\.[0-9]{1,3}){3}";
    private static final String IPV6 = "[0-9A-Fa-f:]{2,39}(\\.[0-9]{1,3}){0,3}";
    private static final int IPV4_BYTES = 4;
    /** Of an IPv4 address inside an IPv6 one, what stands before it. */
    private static final int MAPPED_BITS = 96;

    private final byte[] network;
    private final int bits;

    private AddressRange(byte[] network, int bits) {
        this.network = network;
        this.bits = bits;
    }

    /** Null for what is none. An address alone is a range of one. */
    static @Nullable AddressRange parse(String text) {
        int slash = text.indexOf('/');
        String address = slash < 0 ? text : text.substring(0, slash);
        String length = slash < 0 ? "" : text.substring(slash + 1);
        byte[] network = address(address);
        if (network == null || (slash >= 0 && !length.matches("[0-9]{1,3}"))) {
            return null;
        }
        boolean mapped = network.length == IPV4_BYTES && address.indexOf(':') >= 0;
        int most = network.length * Byte.SIZE;
        int bits = slash < 0 ? most : Integer.parseInt(length) - (mapped ? MAPPED_BITS : 0);
        return bits < 0 || bits > most ? null : new AddressRange(network, bits);
    }

    /** Null for what is no address. Nothing is looked up. */
    private static byte @Nullable [] address(String text) {
        if (!text.matches(IPV4) && (text.indexOf(':') < 0 || !text.matches(IPV6))) {
            return null;
        }
        try {
            return InetAddress.getByName(text).getAddress();
        } catch (UnknownHostException e) {
            return null;
        }
    }

    /** @param address as Tomcat names it; what is no address is in no range */
    boolean contains(String address) {
        int zone = address.indexOf('%');
        byte[] found = address(zone < 0 ? address : address.substring(0, zone));
        if (found == null || found.length != network.length) {
            return false;
        }
        int whole = bits / Byte.SIZE;
        for (int i = 0; i < whole; i++) {
            if (found[i] != network[i]) {
                return false;
            }
        }
        int rest = Byte.SIZE - bits % Byte.SIZE;
        return rest == Byte.SIZE || (found[whole] & 0xFF) >> rest == (network[whole] & 0xFF) >> rest;
    }
}
