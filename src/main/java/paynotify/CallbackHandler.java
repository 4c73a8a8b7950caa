package paynotify;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import paynotify.message.Text;
import paynotify.sender.Callback;
import paynotify.sender.Claims;
import paynotify.sender.Outcome;
import paynotify.sender.Reading;
import paynotify.sender.Reply;
import paynotify.sender.Sender;
import paynotify.store.Decision;
import paynotify.store.Loggable;
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
            Reading reading = sender.read(callback);
            Decision decision = store.settle(reading);
            report(reading, decision);
            return sender.reply(callback, decision.outcome());
        } catch (Unavailable e) {
            boolean ours = e.getCause() instanceof RuntimeException || e.getCause() instanceof Error;
            LOG.error(
                    "not settled, answered 503 [account={}] [cause={}]",
                    callback.account(),
                    e.getMessage(),
                    ours ? Loggable.copy(e) : null);
        } catch (RuntimeException e) {
            LOG.error("not settled, answered 503 [account={}]", callback.account(), Loggable.copy(e));
        }
        return sender.reply(callback, Outcome.ERROR);
    }

    /** Somebody paid and the shop will not deliver, or a genuine callback can't be used: Tomcat's log tells of it, too. */
    private static void report(Reading reading, Decision decision) {
        String account = reading.callback().account();
        if (decision.alarming()) {
            Claims claims = reading.finding().claims();
            LOG.warn(
                    "{} [account={}] [out_trade_no={}] [transaction_id={}] [detail={}]",
                    decision.outcome(),
                    account,
                    Text.quoted(claims.outTradeNo()),
                    Text.quoted(claims.transactionId()),
                    decision.detail());
        } else {
            LOG.debug("{} [account={}] [detail={}]", decision.outcome(), account, decision.detail());
        }
    }
}
