package paynotify.admin;

import static java.nio.charset.StandardCharsets.UTF_8;

import jakarta.servlet.ServletException;
import jakarta.servlet.http.Cookie;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.store.TooSlow;
import paynotify.store.Unavailable;

/**
 * {@code /notify/admin/…}: who may come in, which page it is, and the headers of every answer. Tomcat's realm asks for name and
 * password, by us and not by a constraint of the deployment: first we must know that nobody reads the password along. Thread-safe.
 */
public final class AdminServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;

    /** The path below which the pages are. */
    public static final String PATH = "/admin";

    static final String VIEWER = "notify-viewer";
    static final String OPERATOR = "notify-operator";

    private static final Logger LOG = LoggerFactory.getLogger(AdminServlet.class);

    /** So many requests are answered at once; a further one is told to come again. They must not take Tomcat's threads. */
    private static final int AT_ONCE_MAX = 20;

    private static final String LANGUAGE = "lang";
    private static final String LANGUAGE_COOKIE = "notify-lang";
    private static final int LANGUAGE_SECONDS = 365 * 24 * 3_600;
    private static final String STYLE_KEPT = "private, max-age=86400";

    private final transient FormToken tokens;
    private final transient Pages pages;
    private final transient Acts acts;
    private final transient Desk desk;
    private final transient Pace pace;
    private final transient Semaphore atOnce = new Semaphore(AT_ONCE_MAX);

    public AdminServlet(Desk desk) {
        this.desk = desk;
        this.tokens = desk.formToken();
        this.pages = new Pages(desk);
        this.acts = new Acts(desk.store().acts());
        this.pace = new Pace(desk.store()::waiting, System::nanoTime);
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        request.setCharacterEncoding("UTF-8");
        headers(response);
        Texts texts = language(request, response);
        if (!Admission.isConfidential(request)) {
            bare(response, texts, "refused.plain");
            return;
        }
        // Sends the 401 itself.
        if (!request.authenticate(response)) {
            return;
        }
        boolean operator = request.isUserInRole(OPERATOR);
        if (!operator && !request.isUserInRole(VIEWER)) {
            bare(response, texts, "refused.role");
            return;
        }
        String user = Objects.requireNonNullElse(request.getRemoteUser(), "");
        View view = new View(
                texts,
                user,
                operator,
                base(request),
                here(request),
                tokens.of(user),
                desk.clock().instant());
        if (!atOnce.tryAcquire()) {
            problem(request, response, view, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "problem.busy");
            return;
        }
        try {
            answer(request, response, view);
        } catch (Parameters.BadRequest e) {
            problem(request, response, view, HttpServletResponse.SC_BAD_REQUEST, "problem.request");
        } catch (TooSlow e) {
            LOG.warn("a page was cancelled, as it took too long [page={}]", request.getPathInfo());
            problem(request, response, view, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "problem.slow");
        } catch (Unavailable e) {
            LOG.warn("a page had no database [cause={}]", e.getMessage());
            problem(request, response, view, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "problem.database");
        } finally {
            atOnce.release();
        }
    }

    /** As the application is deployed, not as the request has written it. */
    private static String base(HttpServletRequest request) {
        return request.getServletContext().getContextPath() + PATH;
    }

    private static void headers(HttpServletResponse response) {
        response.setHeader(
                "Content-Security-Policy",
                "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        // With no-referrer a browser would say Origin: null, and no form could be sent.
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        noStore(response);
    }

    private static void noStore(HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
    }

    /** As the link says, as the last link has said, as the browser wishes. */
    private static Texts language(HttpServletRequest request, HttpServletResponse response) {
        // Of a link only: a form's body is not read before we know whose it is.
        Texts chosen = request.getMethod().equals("GET") ? Texts.named(request.getParameter(LANGUAGE)) : null;
        if (chosen != null) {
            Cookie cookie = new Cookie(LANGUAGE_COOKIE, chosen.language());
            cookie.setPath(base(request));
            cookie.setMaxAge(LANGUAGE_SECONDS);
            cookie.setHttpOnly(true);
            cookie.setSecure(request.isSecure());
            cookie.setAttribute("SameSite", "Lax");
            response.addCookie(cookie);
            return chosen;
        }
        if (request.getCookies() != null) {
            for (Cookie cookie : request.getCookies()) {
                Texts known = cookie.getName().equals(LANGUAGE_COOKIE) ? Texts.named(cookie.getValue()) : null;
                if (known != null) {
                    return known;
                }
            }
        }
        return Texts.of(Collections.list(request.getLocales()));
    }

    /** Without the language, for the link that changes it; and without what has just been done. */
    private static String here(HttpServletRequest request) {
        String query = request.getQueryString();
        String path = base(request) + Objects.requireNonNullElse(request.getPathInfo(), "/");
        if (query == null || !request.getMethod().equals("GET")) {
            return path;
        }
        String rest = List.of(query.split("&")).stream()
                .filter(pair -> !pair.startsWith(LANGUAGE + "=") && !pair.startsWith("did="))
                .reduce((a, b) -> a + "&" + b)
                .orElse("");
        return rest.isEmpty() ? path : path + "?" + rest;
    }

    private void answer(HttpServletRequest request, HttpServletResponse response, View view)
            throws IOException, Unavailable {
        String path = request.getPathInfo();
        boolean reads = request.getMethod().equals("GET") || request.getMethod().equals("HEAD");
        if (path == null) {
            response.sendRedirect(view.url("/"));
        } else if (path.equals("/act")) {
            act(request, response, view);
        } else if (!reads) {
            response.setHeader("Allow", "GET, HEAD");
            problem(request, response, view, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "problem.method");
        } else if (Assets.file(path) != null) {
            response.setHeader("Cache-Control", STYLE_KEPT);
            send(
                    request,
                    response,
                    HttpServletResponse.SC_OK,
                    Assets.type(path),
                    Objects.requireNonNull(Assets.file(path)));
        } else {
            pace.await();
            Pages.Answer answer = pages.page(view, path, new Parameters(request));
            if (answer == null) {
                problem(request, response, view, HttpServletResponse.SC_NOT_FOUND, "problem.none");
            } else {
                html(request, response, answer.status(), answer.html());
            }
        }
    }

    private void act(HttpServletRequest request, HttpServletResponse response, View view)
            throws IOException, Unavailable {
        if (!request.getMethod().equals("POST")) {
            response.setHeader("Allow", "POST");
            problem(request, response, view, HttpServletResponse.SC_METHOD_NOT_ALLOWED, "problem.method");
        } else if (!view.operator()) {
            problem(request, response, view, HttpServletResponse.SC_FORBIDDEN, "refused.act");
        } else if (!Admission.isFromHere(request.getHeader("Origin"), request.getHeader("Host"))
                || !tokens.isOf(view.user(), Objects.requireNonNullElse(request.getParameter("token"), ""))) {
            LOG.warn("a form was refused: it is none of ours, or too old [user={}]", view.user());
            problem(request, response, view, HttpServletResponse.SC_FORBIDDEN, "refused.form");
        } else {
            response.setStatus(HttpServletResponse.SC_SEE_OTHER);
            response.setHeader("Location", acts.run(view, request));
            pages.changed();
        }
    }

    private static void problem(
            HttpServletRequest request, HttpServletResponse response, View view, int status, String key)
            throws IOException {
        Sheet sheet = new Sheet(view);
        html(request, response, status, Frame.page(sheet, null, sheet.text("problem.title"), () -> {
            sheet.title(sheet.text("problem.title"));
            sheet.message("bad", sheet.text(key));
        }));
    }

    /** For who is not let in: he may not load the style either. */
    private static void bare(HttpServletResponse response, Texts texts, String key) throws IOException {
        Html html = new Html();
        html.begin("html", "lang", texts.language()).begin("head");
        html.begin("meta", "charset", "utf-8")
                .element("title", texts.of("product"))
                .end();
        html.begin("body").element("h1", texts.of("refused.title")).element("p", texts.of(key));
        byte[] body = html.end().end().page().getBytes(UTF_8);
        response.setStatus(HttpServletResponse.SC_FORBIDDEN);
        response.setContentType("text/html;charset=UTF-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private static void html(HttpServletRequest request, HttpServletResponse response, int status, String html)
            throws IOException {
        // Tomcat has set another where it has asked for a password.
        noStore(response);
        send(request, response, status, "text/html;charset=UTF-8", html.getBytes(UTF_8));
    }

    private static void send(
            HttpServletRequest request, HttpServletResponse response, int status, String type, byte[] body)
            throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(body.length);
        if (!request.getMethod().equals("HEAD")) {
            response.getOutputStream().write(body);
        }
    }
}
