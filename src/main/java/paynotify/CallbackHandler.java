package paynotify;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.sender.Callback;
import paynotify.sender.Claims;
import paynotify.sender.Finding;
import paynotify.sender.Nothing;
import paynotify.sender.Outcome;
import paynotify.sender.Reply;
import paynotify.sender.Sender;
import paynotify.sender.Text;
import paynotify.store.Decision;
import paynotify.store.Entry;
import paynotify.store.Store;
import paynotify.store.Unavailable;

/** The story of one callback: read and verified, settled and committed, and only then answered. Thread-safe. */
final class CallbackHandler {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackHandler.class);

    private final Store store;

    CallbackHandler(Store store) {
        this.store = store;
    }

    /** What goes wrong here is our own fault: it is answered as such, and the sender must come again. */
    Reply handle(Sender sender, Callback callback) {
        try {
            Entry entry = new Entry(callback, sender.channel(callback), sender.signedHeaders(callback));
            Finding finding = callback.tooLarge() ? tooLarge(callback) : sender.read(callback);
            Decision decision = store.settle(entry, finding);
            report(callback, finding.claims(), decision);
            return sender.reply(callback, decision.outcome());
        } catch (Unavailable e) {
            boolean ours = e.getCause() instanceof RuntimeException || e.getCause() instanceof Error;
            LOG.error(
                    "not settled, answered 503 [account={}] [cause={}]",
                    callback.account(),
                    e.getMessage(),
                    ours ? e : null);
        } catch (RuntimeException e) {
            LOG.error("not settled, answered 503 [account={}]", callback.account(), e);
        }
        return sender.reply(callback, Outcome.ERROR);
    }

    private static Finding tooLarge(Callback callback) {
        return new Nothing(
                Outcome.TOO_LARGE,
                "expected at most " + callback.body().length + " bytes (body.max-bytes), found more",
                Claims.NONE);
    }

    /** Somebody paid and the shop will not deliver: the one kind of callback that Tomcat's log tells of, too. */
    private static void report(Callback callback, Claims claims, Decision decision) {
        if (decision.outcome().needsAttention()) {
            LOG.warn(
                    "{} [account={}] [out_trade_no={}] [transaction_id={}] [detail={}]",
                    decision.outcome(),
                    callback.account(),
                    Text.quoted(claims.outTradeNo()),
                    Text.quoted(claims.transactionId()),
                    decision.detail());
        } else {
            LOG.debug("{} [account={}] [detail={}]", decision.outcome(), callback.account(), decision.detail());
        }
    }
}
