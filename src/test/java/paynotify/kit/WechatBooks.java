package paynotify.kit;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What the kit's WeChat Pay knows of orders, refunds and combined payments. Orders of a service provider's are found only
 * by who names the sub merchant, as with the real one. Thread-safe.
 */
public final class WechatBooks {
    /**
     * @param mchId the merchant, or in service-provider mode the provider
     * @param subMchId empty where there is none
     * @param state a trade_state
     */
    public record Order(String mchId, String subMchId, String outTradeNo, String state, long totalFee) {
        public String transactionId() {
            return WechatV2Callback.transactionId(outTradeNo);
        }

        boolean hasBeenPaid() {
            return state.equals("SUCCESS") || state.equals("REFUND");
        }
    }

    /** @param state SUCCESS, PROCESSING, ABNORMAL or CLOSED */
    public record Refund(
            String mchId,
            String subMchId,
            String outTradeNo,
            String outRefundNo,
            String state,
            long totalFee,
            long refundFee) {}

    private final Map<List<String>, Order> orders = new ConcurrentHashMap<>();
    private final Map<List<String>, Refund> refunds = new ConcurrentHashMap<>();
    private final Map<List<String>, List<Order>> combined = new ConcurrentHashMap<>();

    /** Places an order, or sets its state. */
    public WechatBooks order(String mchId, String outTradeNo, String state, long totalFee) {
        return order(new Order(mchId, "", outTradeNo, state, totalFee));
    }

    public WechatBooks order(Order order) {
        orders.put(List.of(order.mchId, order.subMchId, order.outTradeNo), order);
        return this;
    }

    /** Takes a refund of such an order, or sets its state. */
    public WechatBooks refund(
            String mchId, String outTradeNo, long totalFee, String outRefundNo, String state, long refundFee) {
        return refund(new Refund(mchId, "", outTradeNo, outRefundNo, state, totalFee, refundFee));
    }

    public WechatBooks refund(Refund refund) {
        refunds.put(List.of(refund.mchId, refund.subMchId, refund.outRefundNo), refund);
        return this;
    }

    /** A combined payment of these orders, each of whom may be of another merchant; they are not found one by one. */
    public WechatBooks combine(String combineMchId, String combineOutTradeNo, List<Order> subOrders) {
        combined.put(List.of(combineMchId, combineOutTradeNo), List.copyOf(subOrders));
        return this;
    }

    /** How many orders are paid. */
    public long paid() {
        return orders.values().stream().filter(Order::hasBeenPaid).count();
    }

    /** Null if there is none. */
    Order order(String mchId, String subMchId, String outTradeNo) {
        return orders.get(List.of(mchId, subMchId, outTradeNo));
    }

    Refund refund(String mchId, String subMchId, String outRefundNo) {
        return refunds.get(List.of(mchId, subMchId, outRefundNo));
    }

    List<Order> combined(String combineMchId, String combineOutTradeNo) {
        return combined.get(List.of(combineMchId, combineOutTradeNo));
    }

    /** The order that a manner makes of it. */
    static Order told(Order order, Wechat.Manner manner) {
        return switch (manner) {
            case OTHER_ORDER ->
                new Order(order.mchId, order.subMchId, order.outTradeNo + "X", order.state, order.totalFee);
            case OTHER_MERCHANT ->
                new Order("1999999999", order.subMchId, order.outTradeNo, order.state, order.totalFee);
            case OTHER_AMOUNT ->
                new Order(order.mchId, order.subMchId, order.outTradeNo, order.state, order.totalFee + 1);
            case FORGED, UNSIGNED ->
                new Order(order.mchId, order.subMchId, order.outTradeNo, "SUCCESS", order.totalFee);
            default -> order;
        };
    }

    /** The refund that a manner makes of it. */
    static Refund told(Refund refund, Wechat.Manner manner) {
        return switch (manner) {
            case OTHER_ORDER ->
                new Refund(
                        refund.mchId,
                        refund.subMchId,
                        refund.outTradeNo,
                        refund.outRefundNo + "X",
                        refund.state,
                        refund.totalFee,
                        refund.refundFee);
            case OTHER_AMOUNT ->
                new Refund(
                        refund.mchId,
                        refund.subMchId,
                        refund.outTradeNo,
                        refund.outRefundNo,
                        refund.state,
                        refund.totalFee,
                        refund.refundFee + 1);
            case FORGED, UNSIGNED ->
                new Refund(
                        refund.mchId,
                        refund.subMchId,
                        refund.outTradeNo,
                        refund.outRefundNo,
                        "SUCCESS",
                        refund.totalFee,
                        refund.refundFee);
            default -> refund;
        };
    }

    /** The trade_state_desc of some states. */
    static String described(String state) {
        Map<String, String> described = new LinkedHashMap<>(Map.of(
                "SUCCESS", "支付成功",
                "REFUND", "订单发生过退款，退款详情请查询退款单",
                "NOTPAY", "订单未支付",
                "CLOSED", "订单已关闭"));
        return described.getOrDefault(state, state);
    }
}
