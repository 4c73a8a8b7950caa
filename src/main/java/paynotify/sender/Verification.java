package paynotify.sender;

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

    /** Reads the message's form; nothing is believed yet. */
    abstract R parse(Callback callback) throws Malformed;

    /** What the message says of itself, verified or not, for the log. */
    abstract Claims claims(R read);

    /** Returns only if the message is the sender's. */
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

    /** The form that this message is of, where two forms are read alike. */
    Verification<R, ?> formOf(R read) {
        return this;
    }

    /** Never throws for anything that a stranger's callback may hold. */
    public final Finding find(Callback callback) {
        try {
            R read = parse(callback);
            return formOf(read).find(callback, read);
        } catch (Malformed e) {
            return NothingToBook.unverified(Outcome.MALFORMED, e.detail());
        }
    }

    private Finding find(Callback callback, R read) {
        Claims claims = claims(read);
        boolean verified = false;
        try {
            V message = verify(callback, read);
            verified = true;
            claims = claimsOfVerified(message, claims);
            return finding(callback, message, claims);
        } catch (Malformed e) {
            return new NothingToBook(Outcome.MALFORMED, e.detail(), claims, verified, verified);
        } catch (BadSignature e) {
            Outcome outcome = e.isProbe() ? Outcome.SIGNATURE_PROBE : Outcome.BAD_SIGNATURE;
            return new NothingToBook(outcome, e.detail(), claims, false, false);
        } catch (WrongMerchant e) {
            boolean own = merchant.hasOwnKey();
            return new NothingToBook(Outcome.WRONG_MERCHANT, e.detail(), claims, own, own);
        }
    }

    private Finding finding(Callback callback, V message, Claims claims) throws Malformed, WrongMerchant {
        OtherKind otherKind = otherKind(message);
        if (otherKind != null) {
            merchant.checkWhereGiven(parties(message));
            Claims known = otherKind.isRefund() ? claims : claims.withoutEvent();
            return new NothingToBook(Outcome.IGNORED, otherKind.detail(), known, true, otherKind.movesMoney());
        }
        String notPaid = notPaid(message);
        if (notPaid != null) {
            merchant.checkWhereGiven(parties(message));
            return new NothingToBook(Outcome.NOT_PAID, notPaid, claims, true, false);
        }
        Finding booking = booking(callback, message);
        merchant.check(parties(message));
        return booking;
    }
}
