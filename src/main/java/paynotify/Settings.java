package paynotify;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import paynotify.admin.AdminSettings;
import paynotify.bill.BillSettings;
import paynotify.config.Config;
import paynotify.config.ConfigException;
import paynotify.config.FileRights;
import paynotify.config.Reloadable;
import paynotify.event.EventSettings;
import paynotify.inquiry.InquirySettings;
import paynotify.metrics.MetricsSettings;
import paynotify.sender.Sender;
import paynotify.sender.Senders;
import paynotify.store.DatabaseSettings;

/**
 * What {@code notify.properties} says, checked (contract, section 1).
 *
 * @param bodyMaxBytes no more of a body is read
 * @param unverifiedPerSecond so many unverified callbacks from one address are logged one by one in a second
 * @param unverifiedBytesPerSecond so many bytes of them, in all
 * @param keepMonths so many months of the log are kept before this one; 0 for all
 * @param accounts the senders by the names of their accounts
 * @param inquiry how senders are asked about orders
 * @param events who is told what has become of orders
 * @param admin whether there is an operator's page
 * @param metrics whether there are figures, and for whom
 * @param bill when bills are fetched
 * @param watched the keys that are kept in files
 * @param warnings what is allowed and still should be seen to, a line each; no secrets
 */
record Settings(
        DatabaseSettings database,
        int bodyMaxBytes,
        int unverifiedPerSecond,
        int unverifiedBytesPerSecond,
        int keepMonths,
        Map<String, Sender> accounts,
        InquirySettings inquiry,
        EventSettings events,
        AdminSettings admin,
        MetricsSettings metrics,
        BillSettings bill,
        List<Reloadable<?>> watched,
        List<String> warnings) {
    private static final int BODY_BYTES_LEAST = 1 << 10;
    private static final int BODY_BYTES_MOST = 1 << 20;
    private static final int BODY_BYTES_WHERE_LEFT_OUT = 1 << 16;
    private static final int UNVERIFIED_MOST = 100_000;
    private static final int UNVERIFIED_WHERE_LEFT_OUT = 20;
    private static final int UNVERIFIED_BYTES_LEAST = 1 << 10;
    private static final int UNVERIFIED_BYTES_MOST = 1 << 30;
    private static final int UNVERIFIED_BYTES_WHERE_LEFT_OUT = 1 << 16;
    private static final int KEEP_MONTHS_MOST = 1_200;
    /** All. */
    private static final int KEEP_MONTHS_WHERE_LEFT_OUT = 0;

    private static final String ACCOUNT_NAME = "[A-Za-z0-9_-]{1,64}";

    Settings {
        accounts = Map.copyOf(accounts);
        warnings = List.copyOf(warnings);
    }

    /** @throws ConfigException with all faults that there are */
    static Settings read(Config config) throws ConfigException {
        DatabaseSettings database = DatabaseSettings.read(config.part("db."));
        int bodyMaxBytes =
                config.number("body.max-bytes", BODY_BYTES_LEAST, BODY_BYTES_MOST, BODY_BYTES_WHERE_LEFT_OUT);
        int unverifiedPerSecond =
                config.number("log.unverified-per-second", 1, UNVERIFIED_MOST, UNVERIFIED_WHERE_LEFT_OUT);
        int unverifiedBytesPerSecond = config.number(
                "log.unverified-bytes-per-second",
                UNVERIFIED_BYTES_LEAST,
                UNVERIFIED_BYTES_MOST,
                UNVERIFIED_BYTES_WHERE_LEFT_OUT);
        int keepMonths = config.number("log.keep-months", 1, KEEP_MONTHS_MOST, KEEP_MONTHS_WHERE_LEFT_OUT);
        List<String> warnings = new ArrayList<>(sharedMerchants(config.part("account.")));
        Map<String, Sender> accounts = accounts(config.part("account."));
        InquirySettings.checkAccounts(config.part("account."), accounts);
        InquirySettings inquiry = InquirySettings.read(config.part("inquiry."), bodyMaxBytes);
        EventSettings events = EventSettings.read(config, accounts.keySet());
        warnings.addAll(events.warnings());
        AdminSettings admin = AdminSettings.read(config);
        MetricsSettings metrics = MetricsSettings.read(config);
        BillSettings bill = BillSettings.read(config.part("bill."));
        config.done();
        String openFiles = FileRights.concern(config.secretFiles());
        if (openFiles != null) {
            warnings.add(openFiles);
        }
        return new Settings(
                database,
                bodyMaxBytes,
                unverifiedPerSecond,
                unverifiedBytesPerSecond,
                keepMonths,
                accounts,
                inquiry,
                events,
                admin,
                metrics,
                bill,
                config.watched(),
                warnings);
    }

    /** What is switched on besides callbacks, for people. */
    List<String> features() {
        List<String> features = new ArrayList<>();
        if (accounts.values().stream().anyMatch(account -> account.inquiry() != null)) {
            features.add("inquiry");
        }
        if (!events.off()) {
            features.add("events");
        }
        if (accounts.values().stream().anyMatch(account -> account.bill() != null)) {
            features.add("bills");
        }
        if (metrics.on()) {
            features.add("metrics");
        }
        if (admin.on()) {
            features.add("admin");
        }
        return List.copyOf(features);
    }

    /** An order belongs to a merchant number, not to an account: whoever can forge one sender's callbacks pays it. */
    private static List<String> sharedMerchants(Config config) {
        Map<String, Map<String, String>> channelsByMchId = new TreeMap<>();
        for (String name : config.names()) {
            String mchId = config.lookAt(name + ".mch-id");
            String channel = config.lookAt(name + ".channel");
            if (mchId != null && channel != null) {
                channelsByMchId
                        .computeIfAbsent(mchId, key -> new TreeMap<>())
                        .put(config.name(name) + " (" + channel + ")", channel);
            }
        }
        List<String> warnings = new ArrayList<>();
        channelsByMchId.forEach((mchId, channels) -> {
            if (Set.copyOf(channels.values()).size() > 1) {
                warnings.add("several senders have mch-id " + mchId + ": " + String.join(", ", channels.keySet())
                        + "; any of them can pay the orders of all, so these are as safe as the weakest of their keys");
            }
        });
        return warnings;
    }

    private static Map<String, Sender> accounts(Config config) {
        Map<String, Sender> accounts = new HashMap<>();
        if (config.names().isEmpty()) {
            config.fault("NAME.channel", "at least one account", "none");
        }
        for (String name : config.names()) {
            Config account = config.part(name + ".");
            String channel = account.text("channel", channels(), String.join("|", Senders.channels()));
            if (!name.matches(ACCOUNT_NAME)) {
                config.fault(name, "an account's name of 1 to 64 letters, digits, - or _", "another");
            }
            if (channel.isEmpty()) {
                account.skip();
            } else {
                accounts.put(name, Senders.of(channel, account));
            }
        }
        return accounts;
    }

    private static String channels() {
        return String.join(" or ", Senders.channels());
    }
}
