package paynotify.inquiry;

import java.net.URI;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import paynotify.background.HttpClient;
import paynotify.config.Config;
import paynotify.sender.Sender;

/**
 * How senders are asked (contract, section 7).
 *
 * @param addresses scheme, host and port, tried in this order
 * @param proxy by which all but loopback is reached; null for none
 * @param at ages of an order, ascending
 * @param refundAt ages of a refund, ascending
 * @param perSecond questions of an account
 * @param answerMaxBytes no more of an answer is read
 */
public record InquirySettings(
        List<URI> addresses,
        @Nullable URI proxy,
        List<Duration> at,
        List<Duration> refundAt,
        int perSecond,
        int answerMaxBytes) {
    /** With 10 s for each, all of them are tried within a question's lease. */
    private static final int ADDRESSES_MAX = 4;
    /** Rows of {@code payment_inquiry} are kept for 30 days after the last question: no order is enrolled twice. */
    private static final Duration AGE_MAX = Duration.ofDays(30);

    private static final int PER_SECOND_MAX = 300;
    private static final int PER_SECOND_WHERE_LEFT_OUT = 20;
    private static final String URLS_WHERE_LEFT_OUT = "https://api.mch.weixin.qq.com,https://api2.mch.weixin.qq.com";
    private static final String AT_WHERE_LEFT_OUT = "1m,2m,5m,10m,20m,30m,1h,2h,4h,8h,16h,24h,48h";
    private static final String REFUND_AT_WHERE_LEFT_OUT = "10m,1h,6h,24h,72h,168h";
    private static final String HOST_AND_PORT = "([A-Za-z0-9.-]{1,253}|\\[[0-9A-Fa-f:.]{2,45}])(:[0-9]{1,5})?";

    /** Takes the keys {@code inquiry.*}. */
    public static InquirySettings read(Config inquiry, int answerMaxBytes) {
        String expected = "1 to " + ADDRESSES_MAX + " of https://host:port, http:// for loopback only";
        List<String> urls = inquiry.list("url", expected, "https?://" + HOST_AND_PORT);
        List<URI> addresses = (urls.isEmpty() ? List.of(URLS_WHERE_LEFT_OUT.split(",")) : urls)
                .stream().map(URI::create).toList();
        for (URI address : addresses) {
            boolean plain = address.getScheme().equals("http") && !HttpClient.isLoopback(address);
            if (plain || address.getHost() == null || address.getPort() > 65_535) {
                inquiry.fault("url", expected, "'" + address + "'");
            }
        }
        if (addresses.size() > ADDRESSES_MAX) {
            inquiry.fault("url", expected, String.valueOf(addresses.size()));
        }
        return new InquirySettings(
                addresses,
                proxy(inquiry),
                inquiry.durations("at", AGE_MAX, AT_WHERE_LEFT_OUT),
                inquiry.durations("refund-at", AGE_MAX, REFUND_AT_WHERE_LEFT_OUT),
                inquiry.number("per-second", 1, PER_SECOND_MAX, PER_SECOND_WHERE_LEFT_OUT),
                answerMaxBytes);
    }

    private static @Nullable URI proxy(Config inquiry) {
        if (!inquiry.has("proxy")) {
            return null;
        }
        String expected = "http://host:port";
        String url = inquiry.text("proxy", expected, "(http://" + HOST_AND_PORT + ")?");
        URI proxy = URI.create(url.isEmpty() ? "none" : url);
        if (!url.isEmpty() && (proxy.getHost() == null || proxy.getPort() < 1 || proxy.getPort() > 65_535)) {
            inquiry.fault("proxy", expected, "'" + url + "'");
        }
        return url.isEmpty() ? null : proxy;
    }

    /** Two accounts that would ask about the same orders are a fault. */
    public static void checkAccounts(Config accounts, Map<String, Sender> senders) {
        Map<String, String> byMchId = new HashMap<>();
        senders.entrySet().stream()
                .filter(each -> each.getValue().inquiry() != null)
                .sorted(Map.Entry.comparingByKey())
                .forEach(each -> {
                    String other = byMchId.putIfAbsent(each.getValue().mchId(), each.getKey());
                    if (other != null) {
                        accounts.fault(
                                each.getKey() + ".inquiry",
                                "one account for each mch-id that inquires",
                                other + " that does so for the same");
                    }
                });
    }
}
