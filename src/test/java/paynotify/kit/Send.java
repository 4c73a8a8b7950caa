package paynotify.kit;

import java.io.UncheckedIOException;
import java.net.URI;

/**
 * Sends one signed callback, by default to what {@link Run} has started: {@code mvn -q exec:java@send
 * -Dout_trade_no=DEMO-2}. -Dchannel names its form (see {@link SendForm}); -Dout_trade_no and -Dtotal_fee (fen) work in
 * all of them, and any of the form's own fields may be given by -D; a name that the form has not is refused, and so is
 * told, by the exit status 1, an answer that is no success. With -Durl it goes to another shop, signed by
 * -Dapi-key, -Dapi-v3-key, -Dmd5-key, -Dsign.key, or -Dprivate-key, a file.
 */
public final class Send {
    private Send() {}

    public static void main(String[] arguments) {
        try {
            SendForm form = SendForm.of(Options.text("channel", SendForm.WECHAT_V2.word()));
            String url = Options.text("url", null);
            int port = Demo.port("http.port", Demo.HTTP_PORT);
            Request request = form.request(url == null ? Demo.pay(port, form.account()) : URI.create(url));
            Options.assertAllKnown();
            String[] shown = request.shown();
            Demo.show(shown[0], shown[1]);
            Answer answer = request.send();
            Demo.show("The answer", Demo.shown(answer));
            if (answer.status() / 100 != 2) {
                Demo.fail("It was refused: HTTP " + answer.status());
            }
        } catch (IllegalArgumentException e) {
            Demo.fail(e.getMessage());
        } catch (UncheckedIOException e) {
            Demo.fail("Nothing answers there: is \"mvn -Prun\" running, with the same -Dhttp.port?");
        }
    }
}
