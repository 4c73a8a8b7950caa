package paynotify;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
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
import paynotify.store.Meter;
import paynotify.store.OwnFault;
import paynotify.store.Store;
import paynotify.store.Unavailable;

/**
 * The story of one callback: read and verified, settled and committed, and only then answered. Thread-safe.
 *
 * <p>Of what an outage or a stranger may repeat without end, Tomcat's log has one line in a while with their number.
 */
final class CallbackHandler implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(CallbackHandler.class);

    /** For 503s, of each account. */
    private static final Duration FAULT_EVERY = Duration.ofSeconds(1);
    /** For another merchant's callbacks where one key signs for many, of each account. */
    private static final Duration WRONG_MERCHANT_EVERY = Duration.ofMinutes(1);

    private static final String FURTHER = "further ones like those before";

    private final Store store;
    private final Meter meter;
    /** By account; there are no more than are configured. */
    private final Map<String, RareLine> faults = new ConcurrentHashMap<>();

    private final Map<String, RareLine> wrongMerchants = new ConcurrentHashMap<>();

    /** @param meter is told of what we could not do */
    CallbackHandler(Store store, Meter meter) {
        this.store = store;
        this.meter = meter;
    }

    /** What goes wrong here is our own fault: it is answered as such, and the sender must come again. */
    Reply handle(Sender sender, Callback callback) {
        reportWaiting(callback.account());
        Reading reading = null;
        try {
            reading = sender.read(callback);
            List<Decision> decisions = store.settle(reading);
            for (int i = 0; i < decisions.size(); i++) {
                report(callback.account(), reading.findings().get(i).claims(), decisions.get(i));
            }
            return sender.reply(callback, Decision.answer(decisions));
        } catch (Unavailable e) {
            boolean ours = e.getCause() instanceof RuntimeException || e.getCause() instanceof Error;
            meter.failed(e.fault());
            reportFault(callback.account(), e.getMessage(), ours ? e : null);
        } catch (RuntimeException e) {
            // What a sender says when it can't read what is genuine.
            boolean key = reading == null && e instanceof IllegalStateException;
            meter.failed(key ? OwnFault.KEY : OwnFault.OTHER);
            reportFault(callback.account(), Loggable.line(e), e);
        }
        return sender.reply(callback, Outcome.ERROR);
    }

    private void reportFault(String account, @Nullable String cause, @Nullable Exception trace) {
        long callbacks = faultsOf(account).add();
        if (callbacks > 0) {
            writeFault(account, callbacks, cause, trace);
        }
    }

    private static void writeFault(String account, long callbacks, @Nullable String cause, @Nullable Exception trace) {
        LOG.error(
                "not settled, answered 503 [account={}] [callbacks={}] [cause={}]",
                account,
                callbacks,
                cause,
                trace == null ? null : Loggable.copy(trace));
    }

    /** Somebody paid and the shop will not deliver, or a genuine callback can't be used: Tomcat's log tells of it, too. */
    private void report(String account, Claims claims, Decision decision) {
        if (decision.alarming()) {
            LOG.warn(
                    "{} [account={}] [out_trade_no={}] [transaction_id={}] [detail={}]",
                    decision.outcome(),
                    account,
                    Text.quoted(claims.outTradeNo()),
                    Text.quoted(claims.transactionId()),
                    decision.detail());
        } else if (decision.outcome() == Outcome.WRONG_MERCHANT) {
            long callbacks = wrongMerchantsOf(account).add();
            if (callbacks > 0) {
                writeWrongMerchant(account, callbacks, decision.detail());
            }
        } else {
            LOG.debug("{} [account={}] [detail={}]", decision.outcome(), account, decision.detail());
        }
    }

    private static void writeWrongMerchant(String account, long callbacks, String detail) {
        LOG.warn("{} [account={}] [callbacks={}] [detail={}]", Outcome.WRONG_MERCHANT, account, callbacks, detail);
    }

    /** Those after which no other came that could have told of them. */
    private void reportWaiting(String account) {
        long fault = faultsOf(account).due();
        if (fault > 0) {
            writeFault(account, fault, FURTHER, null);
        }
        long wrongMerchant = wrongMerchantsOf(account).due();
        if (wrongMerchant > 0) {
            writeWrongMerchant(account, wrongMerchant, FURTHER);
        }
    }

    private RareLine faultsOf(String account) {
        return faults.computeIfAbsent(account, name -> new RareLine(FAULT_EVERY, System::nanoTime));
    }

    private RareLine wrongMerchantsOf(String account) {
        return wrongMerchants.computeIfAbsent(account, name -> new RareLine(WRONG_MERCHANT_EVERY, System::nanoTime));
    }

    /** Tells of what has no line yet. */
    @Override
    public void close() {
        faults.forEach((account, line) -> {
            long callbacks = line.rest();
            if (callbacks > 0) {
                writeFault(account, callbacks, FURTHER, null);
            }
        });
        wrongMerchants.forEach((account, line) -> {
            long callbacks = line.rest();
            if (callbacks > 0) {
                writeWrongMerchant(account, callbacks, FURTHER);
            }
        });
    }
}
