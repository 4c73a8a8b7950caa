package paynotify.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import jakarta.servlet.http.HttpServletRequest;
import java.lang.reflect.Proxy;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AdmissionTest {
    /** What Tomcat knows of a request. */
    private static HttpServletRequest request(boolean secure, String address, String header) {
        return (HttpServletRequest) Proxy.newProxyInstance(
                AdmissionTest.class.getClassLoader(),
                new Class<?>[] {HttpServletRequest.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "isSecure" -> secure;
                    case "getRemoteAddr" -> address;
                    case "getHeaderNames" -> Collections.enumeration(List.of("Host", header));
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    @ParameterizedTest
    @CsvSource({
        "true, 203.0.113.7, X-Forwarded-For, true",
        "false, 127.0.0.1, Accept, true",
        "false, 127.9.9.9, Accept, true",
        "false, ::1, Accept, true",
        "false, 0:0:0:0:0:0:0:1, Accept, true",
        "false, 203.0.113.7, Accept, false",
        "false, 10.0.0.1, Accept, false",
        "false, localhost, Accept, false",
        "false, 1.2.3, Accept, false",
        "false, ::x, Accept, false",
        "false, :::, Accept, false",
        "false, 127.0.0.1, X-Forwarded-For, false",
        "false, 127.0.0.1, X-FORWARDED-whatever, false",
        "false, 127.0.0.1, forwarded, false",
        "false, 127.0.0.1, Via, false",
        "false, , Accept, false"
    })
    void plainHttp_isForThisMachineOnly(boolean secure, String address, String header, boolean admitted) {
        assertEquals(admitted, Admission.isConfidential(request(secure, address, header)));
    }

    @ParameterizedTest
    @CsvSource({
        "https://shop.example, shop.example, true",
        "https://SHOP.example, shop.example, true",
        "http://127.0.0.1:8080, 127.0.0.1:8080, true",
        "https://shop.example:8443, shop.example, true",
        "http://[::1]:8080, [::1]:8080, true",
        "http://[::1], [::1], true",
        "https://shop.example:8443, shop.example:443, false",
        "https://evil.example, shop.example, false",
        "https://shop.example.evil.example, shop.example, false",
        "https://shop.example@evil.example, shop.example, false",
        "https://shop.example/x, shop.example, false",
        "null, shop.example, false",
        ", shop.example, false",
        "https://shop.example, , false",
        "ftp://shop.example, shop.example, false"
    })
    void origin_isThisHost(String origin, String host, boolean here) {
        assertEquals(here, Admission.isFromHere(origin, host));
    }
}
