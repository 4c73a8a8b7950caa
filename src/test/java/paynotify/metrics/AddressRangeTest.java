package paynotify.metrics;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressRangeTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1/32, 127.0.0.1, true",
        "127.0.0.1, 127.0.0.1, true",
        "127.0.0.1/32, 127.0.0.2, false",
        "10.1.0.0/16, 10.1.255.255, true",
        "10.1.0.0/16, 10.2.0.0, false",
        "10.1.2.3/16, 10.1.9.9, true",
        "192.168.0.0/22, 192.168.3.255, true",
        "192.168.0.0/22, 192.168.4.0, false",
        "200.0.0.0/7, 201.1.1.1, true",
        "200.0.0.0/7, 202.1.1.1, false",
        "0.0.0.0/0, 203.0.113.9, true",
        "0.0.0.0/0, ::1, false",
        "::1/128, 0:0:0:0:0:0:0:1, true",
        "::1, ::1, true",
        "::1/128, ::2, false",
        "fd00::/8, fdab:1::1, true",
        "fd00::/8, fe80::1%eth0, false",
        "fe80::/10, fe80::1%eth0, true",
        "fe80::/10, fec0::1, false",
        "::/0, fd00::1, true",
        "::/0, 127.0.0.1, false",
        // An IPv4 caller on an IPv6 socket is one of IPv4, whichever side writes it so.
        "127.0.0.1/32, ::ffff:127.0.0.1, true",
        "::ffff:127.0.0.0/104, 127.9.9.9, true",
        "::ffff:127.0.0.0/104, 128.9.9.9, false",
        "::ffff:7f00:1, 127.0.0.1, true",
        "127.0.0.1/32, localhost, false",
        "127.0.0.1/32, '', false",
        "127.0.0.1/32, 1, false",
        "127.0.0.1/32, 127.1, false",
    })
    void contains_isByTheBitsThatCount(String range, String address, boolean expected) {
        assertEquals(expected, AddressRange.parse(range).contains(address));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "/8",
                "10.0.0.0/",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/x",
                "10.0.0/8",
                "10.0.0.256/8",
                "::1/129",
                "::1::2/8",
                ":::/8",
                "::ffff:10.0.0.0/33",
                "localhost",
                "example.com/8",
                "10.0.0.0/8/8",
                "12345",
                "fe80::1%eth0/64",
                "::ffff:10.0.0.0.0/104"
            })
    void parse_whatIsNone_isNull(String text) {
        assertNull(AddressRange.parse(text));
    }
}
