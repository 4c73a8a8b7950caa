package paynotify.sender;

import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import paynotify.message.Json;
import paynotify.message.Malformed;
import paynotify.message.Text;
import paynotify.message.Times;

/**
 * Combined payments of WeChat Pay API v3 (合单支付): one message to the merchant who placed the whole, for several orders, of
 * several merchants, each with a state, a transaction and an amount of its own (protocol-2.md, section 12.1).
 */
final class WechatV3Combined {
    /** "Direct 2-10 sub orders, service provider 1-50". */
    private static final int SUB_ORDERS_MAX = 50;

    private static final String NUMBER = "combine_out_trade_no";
    private static final String SUCCESS = "SUCCESS";

    private WechatV3Combined() {}

    /** Whether this content is a combined payment's: only it has that number. */
    static boolean isCombined(Json content) {
        return content.has(NUMBER);
    }

    /** Of the whole, where it can't be told apart into orders. */
    static Claims claims(Json content) {
        return Claims.ofPayment()
                .mchId(content.textOrNull("combine_mchid"))
                .combineOutTradeNo(content.textOrNull(NUMBER))
                .build();
    }

    /** Who placed the whole, and for whom each order was placed. An app is compared where one is given. */
    static List<Parties> parties(Json content) throws Malformed {
        String mchId = content.textOrNull("combine_mchid");
        String appId = content.textOrNull("combine_appid");
        List<Parties> parties = new ArrayList<>();
        for (Json order : orders(content)) {
            parties.add(new Parties(mchId, appId, order.textOrNull("sub_mchid"), appId != null));
        }
        return parties;
    }

    /**
     * A payment for each order that was paid.
     *
     * @param givenBackToo whether REFUND, too, says that an order was paid, as in the answer to a question
     */
    static List<Finding> findings(Json content, boolean givenBackToo) throws Malformed {
        String number = content.identifier(NUMBER);
        String payer = content.objectOrEmpty("combine_payer_info").textOrNull("openid");
        Set<List<String>> seen = new HashSet<>();
        List<Finding> findings = new ArrayList<>();
        for (Json order : orders(content)) {
            String mchId = order.identifier("mchid");
            String outTradeNo = order.identifier("out_trade_no");
            if (!seen.add(List.of(mchId, outTradeNo))) {
                throw new Malformed("expected every sub order once, found a second " + Text.quoted(outTradeNo));
            }
            findings.add(finding(order, mchId, outTradeNo, number, payer, givenBackToo));
        }
        return findings;
    }

    private static List<Json> orders(Json content) throws Malformed {
        List<Json> orders = content.objects("sub_orders");
        if (orders.isEmpty() || orders.size() > SUB_ORDERS_MAX) {
            throw new Malformed("expected 1 to " + SUB_ORDERS_MAX + " sub_orders, found " + orders.size());
        }
        return orders;
    }

    private static Finding finding(
            Json order, String mchId, String outTradeNo, String number, @Nullable String payer, boolean givenBackToo)
            throws Malformed {
        Json amount = order.objectOrEmpty("amount");
        String subMchId = order.optionalText("sub_mchid");
        String state = order.text("trade_state");
        boolean givenBack = givenBackToo && state.equals("REFUND");
        if (!state.equals(SUCCESS) && !givenBack) {
            Claims claims = Claims.ofPayment()
                    .mchId(mchId)
                    .subMchId(subMchId)
                    .outTradeNo(outTradeNo)
                    .transactionId(order.textOrNull("transaction_id"))
                    .combineOutTradeNo(number)
                    .totalFee(amount.wholeNumberOrNull("total_amount"))
                    .currency(amount.textOrNull("currency"))
                    .build();
            return new NothingToBook(
                    Outcome.NOT_PAID, "expected trade_state SUCCESS, found " + Text.quoted(state), claims, true, false);
        }
        Trade trade = new Trade(
                mchId,
                subMchId,
                outTradeNo,
                order.identifier("transaction_id"),
                amount.wholeNumber("total_amount"),
                number);
        String currency = amount.optionalText("currency");
        Instant paidAt = Times.rfc3339("success_time", order.text("success_time"));
        String subOpenid = order.textOrNull("sub_openid");
        return new Payment(
                trade,
                currency == null ? Claims.CURRENCY_LEFT_OUT : currency,
                paidAt,
                subOpenid == null ? payer : subOpenid,
                givenBack);
    }
}
