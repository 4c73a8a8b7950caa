package paynotify.kit;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.LocalDate;
import java.util.Locale;

/**
 * A bill of a day as WeChat Pay writes it: 27 columns, a BOM, CRLF, a backtick before each value. Written from the published
 * documents alone.
 */
public final class BillText {
    private static final String HEAD = "交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,"
            + "代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n";
    private static final String SUMS = "总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n";

    private final String mchId;
    private final LocalDate day;
    private final StringBuilder rows = new StringBuilder();
    private String appId = Wechat.APP_ID;
    private String subMchId = "0";
    private int count;
    private long paid;
    private long refunded;
    private long wrongBy;

    public BillText(String mchId, LocalDate day) {
        this.mchId = mchId;
        this.day = day;
    }

    /** Of the rows that follow. */
    public BillText of(String otherAppId, String otherSubMchId) {
        appId = otherAppId;
        subMchId = otherSubMchId;
        return this;
    }

    public BillText paid(String outTradeNo, long fee) {
        paid += fee;
        return row("12:00:05", outTradeNo, "SUCCESS", "0", "0", fee, 0);
    }

    public BillText refund(String outTradeNo, String outRefundNo, long fee) {
        refunded += fee;
        return row("14:05:10", outTradeNo, "REFUND", "5" + outRefundNo, outRefundNo, 0, fee);
    }

    /** So many fen too much in the summary. */
    public BillText wrongBy(long fen) {
        wrongBy = fen;
        return this;
    }

    private BillText row(
            String time, String no, String state, String refundId, String outRefundNo, long fee, long refundFee) {
        count++;
        rows.append('`').append(day).append(' ').append(time);
        String back = refundFee > 0 ? "ORIGINAL" : "";
        for (String value : new String[] {
            appId,
            mchId,
            subMchId,
            "",
            WechatV2Callback.transactionId(no),
            no,
            "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
            "NATIVE",
            state,
            "OTHERS",
            "CNY",
            yuan(fee),
            "0.00",
            refundId,
            outRefundNo,
            yuan(refundFee),
            "0.00",
            back,
            refundFee > 0 ? "SUCCESS" : "",
            "苹果,香蕉,\"特价\"礼盒",
            "shop=3,desk=7",
            "0.00000",
            "0.60%",
            yuan(fee),
            yuan(refundFee),
            ""
        }) {
            rows.append(",`").append(value);
        }
        rows.append("\r\n");
        return this;
    }

    private static String yuan(long fen) {
        return String.format(Locale.ROOT, "%d.%02d", fen / 100, fen % 100);
    }

    public byte[] bytes() {
        String total = yuan(paid + wrongBy);
        return ("\uFEFF" + HEAD + rows + SUMS + "`" + count + ",`" + total + ",`" + yuan(refunded) + ",`0.00,`0.00000,`"
                        + total + ",`" + yuan(refunded) + "\r\n")
                .getBytes(UTF_8);
    }
}
