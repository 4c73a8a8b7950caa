package paynotify.metrics;

import java.util.ArrayList;
import java.util.List;
import paynotify.config.Config;

/**
 * Whether there are metrics, and who may ask for them (contract, section 13).
 *
 * @param allowed the addresses that may ask
 */
public record MetricsSettings(boolean on, List<AddressRange> allowed) {
    private static final int RANGES_MAX = 100;
    private static final String WHERE_LEFT_OUT = "127.0.0.1/32,::1/128";
    private static final String EXPECTED = "1 to " + RANGES_MAX + " ranges of addresses like 10.1.0.0/16 or fd00::/8";
    private static final String PATTERN = "[0-9A-Fa-f:./]{1,64}";

    public MetricsSettings {
        allowed = List.copyOf(allowed);
    }

    /** Takes the keys {@code metrics} and {@code metrics.allow}. */
    public static MetricsSettings read(Config config) {
        boolean on = config.oneOf("metrics", "off", "on").equals("on");
        List<AddressRange> ranges = new ArrayList<>();
        List<String> texts = config.list("metrics.allow", EXPECTED, PATTERN);
        for (String text : texts.isEmpty() ? List.of(WHERE_LEFT_OUT.split(",")) : texts) {
            AddressRange range = AddressRange.parse(text);
            if (range == null) {
                config.fault("metrics.allow", EXPECTED, "'" + text + "'");
            } else {
                ranges.add(range);
            }
        }
        if (ranges.size() > RANGES_MAX) {
            config.fault("metrics.allow", EXPECTED, String.valueOf(ranges.size()));
        }
        return new MetricsSettings(on, ranges);
    }

    boolean allows(String address) {
        return allowed.stream().anyMatch(range -> range.contains(address));
    }
}
