package paynotify.bench;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** HTTP alone: reads the body, and answers what it always answers. */
public final class ConstantServlet extends HttpServlet {
    private static final long serialVersionUID = 1L;
    private static final byte[] SUCCESS = answer("SUCCESS").getBytes(StandardCharsets.UTF_8);

    static String answer(String code) {
        return "<xml><return_code><![CDATA[" + code + "]]></return_code><return_msg><![CDATA[OK]]></return_msg></xml>";
    }

    @Override
    protected void doPost(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.getInputStream().readAllBytes();
        response.setContentType("text/xml");
        response.setContentLength(SUCCESS.length);
        response.getOutputStream().write(SUCCESS);
    }
}
