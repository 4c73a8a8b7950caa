package paynotify.metrics;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Collections;
import paynotify.config.ForwardingHeader;

/**
 * {@code GET /notify/metrics}, for those who may ask. For all others there is no such page: 404 with an empty body, whatever their
 * method. Thread-safe.
 */
public final class MetricsServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** RemoteIpValve sets it to say that the address is the caller's, not the proxy's. */
    private static final String BY_VALVE = "org.apache.tomcat.request.forwarded";

    private final transient MetricsWork work;
    private final transient MetricsSettings settings;

    public MetricsServlet(MetricsWork work, MetricsSettings settings) {
        this.work = work;
        this.settings = settings;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (!isAllowed(request)) {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
            return;
        }
        boolean head = request.getMethod().equals("HEAD");
        if (!head && !request.getMethod().equals("GET")) {
            response.setHeader("Allow", "GET, HEAD");
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
            return;
        }
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        response.setContentType(work.scrape(request.getHeader("Accept"), body));
        response.setHeader("Cache-Control", "no-store");
        response.setContentLength(body.size());
        if (!head) {
            body.writeTo(response.getOutputStream());
        }
    }

    private boolean isAllowed(HttpServletRequest request) {
        boolean plain = request.getRequestURI().indexOf(';') < 0;
        return plain && !isForwarded(request) && settings.allows(request.getRemoteAddr());
    }

    private static boolean isForwarded(HttpServletRequest request) {
        boolean byValve = Boolean.TRUE.equals(request.getAttribute(BY_VALVE));
        return Collections.list(request.getHeaderNames()).stream()
                .anyMatch(name -> byValve ? ForwardingHeader.tellsOfCaller(name) : ForwardingHeader.isOne(name));
    }
}
