package paynotify.sender;

import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.message.Text;

/**
 * The events of WeChat Pay API v3 that are neither a payment nor a refund of ours: what each is, for the log
 * (protocol-2.md, section 13.2). The list grows at WeChat's; what is not in it is ignored like the rest.
 */
final class WechatV3Event {
    /** These move an order's money in a form that is not ours (contract, section 10): somebody should look. */
    private static final Set<String> OF_MONEY =
            Set.of("PAYSCORE.USER_PAID", "MEDICAL_INSURANCE.SUCCESS", "TRANSACTION.INDUSTRY_SUCCESS");

    /** What an event's name begins with, and what it is. The first that fits counts. */
    private record Kind(String begins, String what) {}

    private static final List<Kind> KINDS = List.of(
            new Kind("PROFITSHARING", "profit sharing: a split of money already booked"),
            new Kind("TRANSACTION.FAIL", "a deduction that failed"),
            new Kind("TRANSACTION.PAY_BACK", "an advance that the user pays back"),
            new Kind("TRANSACTION.INDUSTRY_SUCCESS", "a payment in an industry's own form of order"),
            new Kind("TRANSACTION.INDUSTRY_FAILED", "a payment that failed, in an industry's own form of order"),
            new Kind("PAYSCORE.USER_PAID", "a payment by pay score"),
            new Kind("PAYSCORE.", "a step of a pay score order"),
            new Kind("MEDICAL_INSURANCE.SUCCESS", "a payment with medical insurance"),
            new Kind("MCHTRANSFER.", "a transfer out of the merchant's account"),
            new Kind("MCHWITHDRAW.", "a withdrawal from the merchant's account"),
            new Kind("RECHARGE.", "money put on the merchant's account"),
            new Kind("SETTLEMENT.", "a settlement of the merchant's account"),
            new Kind("ABNORMAL_FUND_PROCESSING.", "a transfer of abnormal funds"),
            new Kind("ENTRUST.", "a contract of entrusted deduction"),
            new Kind("INSURANCE_ENTRUST.", "a contract of entrusted deduction"),
            new Kind("ECOMMERCE_ENTRUST.", "a contract of entrusted deduction"),
            new Kind("PAPAY.", "a contract of entrusted deduction"),
            new Kind("COMPLAINT.", "a complaint"),
            new Kind("VIOLATION.", "a violation that WeChat Pay has found"),
            new Kind("RISKTRADE.", "a risky order"),
            new Kind("BLOCKRECORD.", "a block of the merchant"),
            new Kind("BLOCKSUBMISSION.", "a block of the merchant"),
            new Kind("MANAGERECORD.", "a restriction of the merchant"),
            new Kind("MERCHANT_NOTIFY.", "a note to the merchant"),
            new Kind("COUPON.", "a coupon"),
            new Kind("PRODUCT_COUPON_SP.", "a coupon"),
            new Kind("DISCOUNT_CARD.", "a discount card"),
            new Kind("MEMBERCARD.", "a member's card"),
            new Kind("BRAND_MEMBER_CARD_SP.", "a member's card"),
            new Kind("MALL_", "a payment at another merchant of the mall"),
            new Kind("FAPIAO.", "an invoice"),
            new Kind("WEBIZPAY.", "a payment between businesses"),
            new Kind("INSURANCE_POLICY_MANAGEMENT.", "an insurance policy"),
            new Kind("BUDGET.", "a budget"),
            new Kind("CREDIT_REPAYMENT.", "a repayment of credit"),
            new Kind("VEHICLE.", "a vehicle's state"),
            new Kind("FACEPAY.", "a user's state of face pay"),
            new Kind("DELIVERY_PLAN.", "a delivery plan"),
            new Kind("APPLYMENT_STATE.", "an application's state"),
            new Kind("HIRE_POWER_BANK", "a power bank's hire"),
            new Kind("EDU_SCHOOL_PAY.", "a contract of school pay"),
            new Kind("PARKING_FEE.", "a question about a parking fee, which only its own software can answer"),
            new Kind(
                    "CROSS_BORDER_PAY.",
                    "a question about a payment across the border, which only its own software can answer"),
            new Kind("SECURITY_ECHO.", "a test of our verification"));

    private WechatV3Event() {}

    /** An event under whose name no payment and no refund comes. */
    static OtherKind ofNoUse(String eventType, @Nullable String originalType) {
        String what = KINDS.stream()
                .filter(kind -> eventType.startsWith(kind.begins))
                .map(Kind::what)
                .findFirst()
                .orElse("an event that this software doesn't know");
        String detail = "expected a payment or a refund, found " + Text.quoted(eventType) + ", " + what
                + (originalType == null ? "" : " (original_type " + Text.quoted(originalType) + ")");
        return OF_MONEY.contains(eventType) ? OtherKind.ofMoney(detail) : OtherKind.withoutMoney(detail);
    }

    /**
     * A payment's or a refund's event whose original type or content is something else: WeChat tells of a split of money
     * as TRANSACTION.SUCCESS, too.
     */
    static OtherKind ofOtherContent(String eventType, @Nullable String originalType) {
        return OtherKind.withoutMoney("expected a payment or a refund, found " + Text.quoted(eventType)
                + " whose original_type " + Text.quoted(originalType) + " and content are something else"
                + ("profitsharing".equals(originalType) ? ": a split of money already booked" : ""));
    }
}
