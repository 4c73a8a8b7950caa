package paynotify.sender;

import java.util.List;
import org.jspecify.annotations.Nullable;
import paynotify.message.Malformed;
import paynotify.signature.BadSignature;

/**
 * How a message becomes a finding: the checks, in the order of trust (contract, section 3), the same for every form of
 * message. A form says only what its sender's document says; it can leave out none of the checks. Thread-safe.
 *
 * @param <R> the message as it was read: unverified
 * @param <V> the message as it was verified: only {@link #verify} makes one
 */
abstract class Verification<R, V> {
    private final Merchant merchant;

    Verification(Merchant merchant) {
        this.merchant = merchant;
    }

    final Merchant merchant() {
        return merchant;
    }

    /** The merchant number at the sender. */
    public final String mchId() {
        return merchant.mchId();
    }

    /** Reads the message's form; nothing is believed yet. */
    abstract R parse(Callback callback) throws Malformed;

    /** What the message says of itself, verified or not, for the log. */
    abstract Claims claims(R read);

    /**
     * Returns only if the message is the sender's. {@link #proveBytes} has been called before, and has found no fault.
     *
     * @throws BadSignature if that is not proved
     * @throws Malformed if it is proved, and the message can't be read all the same
     */
    abstract V verify(Callback callback, R read) throws BadSignature, Malformed;

    /** The same as {@link #claims}, where more can be read once the message is verified (and decrypted). */
    Claims claimsOfVerified(V verified, Claims before) {
        return before;
    }

    /** Whose the message says it is. */
    abstract Parties parties(V verified);

    /** What the message is, if it is neither a payment nor a refund: it is IGNORED. Null if it is one. */
    abstract @Nullable OtherKind otherKind(V verified) throws Malformed;

    /** What the message says instead of "paid": it is NOT_PAID. One sentence; null if it says that it was paid. */
    abstract @Nullable String notPaid(V verified) throws Malformed;

    /** The payment or the refund that the message tells of, every field there and of its type. */
    abstract Finding booking(Callback callback, V verified) throws Malformed;

    /** The same of a message that may tell of several orders. */
    List<Finding> bookings(Callback callback, V verified) throws Malformed {
        return List.of(booking(callback, verified));
    }

    /** All that the message must belong to. */
    List<Parties> allParties(V verified) throws Malformed {
        return List.of(parties(verified));
    }

    /**
     * Proves the raw bytes, before anything of them is read, for forms that sign those. Returns false, and has not looked,
     * for a form that bears its proof inside.
     */
    boolean proveBytes(Callback callback) throws BadSignature {
        return false;
    }

    /** The form that this message is of, where two forms are read alike. */
    Verification<R, ?> formOf(R read) {
        return this;
    }

    /** Never throws for anything that a stranger's callback may hold. */
    public final List<Finding> find(Callback callback) {
        boolean proved = false;
        BadSignature fault = null;
        try {
            proved = proveBytes(callback);
        } catch (BadSignature e) {
            // What can be read is logged all the same, and what can't is MALFORMED (contract, section 3: the order of
            // checks).
            fault = e;
        }
        try {
            R read = parse(callback);
            return fault == null
                    ? formOf(read).find(callback, read)
                    : List.of(new NothingToBook(outcome(fault), fault.detail(), claims(read), false, false));
        } catch (Malformed e) {
            return List.of(new NothingToBook(Outcome.MALFORMED, e.detail(), Claims.NONE, proved, proved));
        }
    }

    private static Outcome outcome(BadSignature fault) {
        return fault.isProbe() ? Outcome.SIGNATURE_PROBE : Outcome.BAD_SIGNATURE;
    }

    private List<Finding> find(Callback callback, R read) {
        Claims claims = claims(read);
        try {
            V message = verify(callback, read);
            claims = claimsOfVerified(message, claims);
            return findings(callback, message, claims);
        } catch (Malformed e) {
            return List.of(new NothingToBook(Outcome.MALFORMED, e.detail(), claims, true, true));
        } catch (BadSignature e) {
            return List.of(new NothingToBook(outcome(e), e.detail(), claims, false, false));
        } catch (WrongMerchant e) {
            boolean own = merchant.hasOwnKey();
            return List.of(new NothingToBook(Outcome.WRONG_MERCHANT, e.detail(), claims, own, own));
        }
    }

    private List<Finding> findings(Callback callback, V message, Claims claims) throws Malformed, WrongMerchant {
        OtherKind otherKind = otherKind(message);
        String notPaid = otherKind == null ? notPaid(message) : null;
        if (otherKind == null && notPaid == null) {
            List<Finding> bookings = bookings(callback, message);
            for (Parties each : allParties(message)) {
                merchant.check(each);
            }
            return bookings;
        }
        for (Parties each : allParties(message)) {
            merchant.checkWhereGiven(each);
        }
        return List.of(
                otherKind == null
                        ? new NothingToBook(Outcome.NOT_PAID, String.valueOf(notPaid), claims, true, false)
                        : new NothingToBook(
                                Outcome.IGNORED,
                                otherKind.detail(),
                                otherKind.isRefund() ? claims : claims.withoutEvent(),
                                true,
                                otherKind.movesMoney()));
    }
}
