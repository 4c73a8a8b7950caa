package paynotify.admin;

import jakarta.servlet.http.HttpServletRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.message.Text;
import paynotify.store.OperatorActs;
import paynotify.store.OperatorActs.Case;
import paynotify.store.Unavailable;

/** What an operator does by a button. Each act has a line in Tomcat's log with his name. Thread-safe. */
final class Acts {
    static final int REMARK_CHARS_MAX = 500;

    private static final Logger LOG = LoggerFactory.getLogger(Acts.class);

    private final OperatorActs acts;

    Acts(OperatorActs acts) {
        this.acts = acts;
    }

    /**
     * Does what the form says.
     *
     * @return the path of the page that shows it, with its query
     * @throws Parameters.BadRequest if it is no form of ours
     */
    String run(View view, HttpServletRequest request) throws Unavailable {
        Parameters form = new Parameters(request);
        String act = form.text("act");
        return switch (act) {
            case "ask", "askrefund" -> ask(view, form);
            case "replay" -> replay(view, form);
            case "done" -> done(view, form);
            case "resend" -> resend(view, form);
            default -> throw new Parameters.BadRequest();
        };
    }

    private String ask(View view, Parameters form) throws Unavailable {
        Case about = about(form);
        acts.ask(about);
        log(view, "ask", about.mchId(), about.outTradeNo(), about.outRefundNo());
        return view.url("/order", "mch_id", about.mchId(), "out_trade_no", about.outTradeNo(), "did", "ask");
    }

    private String replay(View view, Parameters form) throws Unavailable {
        long id = required(form.number("log_id"));
        if (!acts.replay(id, view.user())) {
            throw new Parameters.BadRequest();
        }
        log(view, "replay", String.valueOf(id));
        return view.url("/row/" + id, "did", "replay");
    }

    private String done(View view, Parameters form) throws Unavailable {
        Case seenTo = about(form);
        String remark = form.text("remark", REMARK_CHARS_MAX).strip();
        acts.done(seenTo, view.user(), remark);
        log(view, "done", seenTo.mchId(), seenTo.outTradeNo(), seenTo.outRefundNo(), seenTo.transactionId(), remark);
        return view.url("/attention", "did", "done");
    }

    private String resend(View view, Parameters form) throws Unavailable {
        long id = required(form.number("event_id"));
        if (!acts.sendAgain(id)) {
            throw new Parameters.BadRequest();
        }
        log(view, "resend", String.valueOf(id));
        return view.url("/waiting", "did", "resend");
    }

    private static Case about(Parameters form) {
        Case about = new Case(
                form.exact("mch_id"),
                form.exact("out_trade_no"),
                form.exact("out_refund_no"),
                form.exact("transaction_id"));
        if (about.mchId().isEmpty() || about.outTradeNo().isEmpty()) {
            throw new Parameters.BadRequest();
        }
        return about;
    }

    private static long required(@Nullable Long number) {
        if (number == null) {
            throw new Parameters.BadRequest();
        }
        return number;
    }

    private static void log(View view, String act, String... about) {
        StringBuilder quoted = new StringBuilder();
        for (String each : about) {
            quoted.append(quoted.isEmpty() ? "" : ", ").append(Text.quoted(each));
        }
        LOG.info("operator's act [user={}] [act={}] [about={}]", Text.quoted(view.user()), act, quoted);
    }
}
