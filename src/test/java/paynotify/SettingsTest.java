package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import paynotify.config.ConfigException;
import paynotify.config.ConfigFile;
import paynotify.config.Environment;
import paynotify.inquiry.InquirySettings;
import paynotify.kit.Receiver;
import paynotify.kit.Shop;

class SettingsTest {
    private static final String KEY = "8934e7d15453e97507ef794cf7b0519d";
    private static final String DB = "db.url = jdbc:postgresql://127.0.0.1/shop\ndb.user = notify\ndb.password = pw\n";
    private static final String ACCOUNT =
            "account.wechat.channel = wechat\naccount.wechat.mch-id = 1900000109\naccount.wechat.api-key = " + KEY
                    + "\n";

    @TempDir
    Path folder;

    private final Environment environment = new Environment(
            name -> null, name -> Map.of("KEY", KEY, "SHORT", "short-secret", "EMPTY", "", "PATH", "~/pay4.key")
                    .get(name));

    private Settings read(String text) throws ConfigException, IOException {
        return read(text, StandardCharsets.UTF_8);
    }

    private Settings read(String text, Charset charset) throws ConfigException, IOException {
        Path file = Files.writeString(folder.resolve("notify.properties"), text, charset);
        return Settings.read(ConfigFile.read(file, environment));
    }

    private List<String> faults(String text) {
        return assertThrows(ConfigException.class, () -> read(text)).faults();
    }

    @Test
    void read_leastThatIsNeeded_hasTheContractsDefaults() throws Exception {
        Settings settings = read(DB + ACCOUNT);
        assertEquals(
                "jdbc:postgresql://127.0.0.1/shop", settings.database().url().reveal());
        assertEquals("notify", settings.database().user());
        assertEquals("pw", settings.database().password().reveal());
        assertEquals(10, settings.database().poolSize());
        assertTrue(settings.database().migrate());
        assertNull(settings.database().jndi());
        assertEquals(20, settings.unverifiedPerSecond());
        assertEquals(65536, settings.unverifiedBytesPerSecond());
        assertEquals(65536, settings.bodyMaxBytes());
        assertEquals("[wechat]", settings.accounts().keySet().toString());
        assertFalse(settings.toString().contains("pw"), "a secret in " + settings);
    }

    @Test
    void read_everythingSaid_isTaken() throws Exception {
        Settings settings = read("\uFEFF# 中文\n" + DB
                + "db.pool-size = 3\ndb.schema = check\nbody.max-bytes = 1024\n"
                + "log.unverified-bytes-per-second = 1073741824\n"
                + ACCOUNT
                + "account.wechat.app-id = wx1, wx2\naccount.wechat.sign-type = HMAC-SHA256\n"
                + "account.b-2.channel=wechat\naccount.b-2.mch-id=2\naccount.b-2.api-key=${env:KEY}\n"
                + "account.b-2.sign-type=MD5\n");
        assertEquals(3, settings.database().poolSize());
        assertFalse(settings.database().migrate());
        assertEquals(1024, settings.bodyMaxBytes());
        assertEquals(1 << 30, settings.unverifiedBytesPerSecond());
        assertEquals(2, settings.accounts().size());
    }

    private static String account(String name, String channel, String mchId) {
        String account = "account." + name + ".";
        String keys = channel.equals("wechat")
                ? account + "api-key = " + KEY
                : account + "md5-key = " + KEY + "\n" + account + "app-id = 1";
        return account + "channel = " + channel + "\n" + account + "mch-id = " + mchId + "\n" + keys + "\n";
    }

    @Test
    void read_oneMerchantAtTwoSenders_isAWarningThatNamesBoth() throws Exception {
        String weak = account("pay4", "allinpay", "1900000109");
        List<String> warnings = read(DB + ACCOUNT + weak).warnings();
        assertEquals(
                List.of("several senders have mch-id 1900000109: account.pay4 (allinpay), account.wechat (wechat);"
                        + " any of them can pay the orders of all, so these are as safe as the weakest of their keys"),
                warnings.stream().filter(line -> line.contains("mch-id")).toList());
        // A third of the same number is in the same line; another number is another.
        String more =
                account("second", "wechat", "1900000109") + account("x", "wechat", "7") + account("y", "allinpay", "7");
        warnings = read(DB + ACCOUNT + weak + more).warnings();
        assertEquals(
                2, warnings.stream().filter(line -> line.contains("mch-id")).count(), warnings.toString());
        assertTrue(
                warnings.stream().anyMatch(line -> line.contains("account.pay4 (allinpay), account.second (wechat),")),
                warnings.toString());
    }

    @Test
    void read_oneMerchantTwiceAtOneSender_isNoWarning() throws Exception {
        String others = account("second", "wechat", "1900000109") + account("third", "allinpay", "1900000108");
        assertEquals(
                List.of(),
                read(DB + ACCOUNT + others).warnings().stream()
                        .filter(line -> line.contains("mch-id"))
                        .toList());
        // A number that can't be read is a fault, and no warning.
        assertEquals(
                1,
                faults(DB + ACCOUNT + account("second", "allinpay", "${env:NONE}"))
                        .size());
    }

    @Test
    void read_filesThatEverybodyMayRead_areOneWarning() throws Exception {
        assumeTrue(Files.getFileAttributeView(folder, PosixFileAttributeView.class) != null);
        Path key = Files.writeString(folder.resolve("wechat.key"), KEY);
        Path password = Files.writeString(folder.resolve("db.password"), "pw");
        String text = DB.replace("= pw", "= ${file:db.password}") + ACCOUNT.replace(KEY, "${file:wechat.key}");
        read(text);
        Path file = folder.resolve("notify.properties");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        for (Path each : List.of(key, password, file)) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rw-r--r--"));
        }
        Files.setPosixFilePermissions(password, PosixFilePermissions.fromString("rw-r-----"));
        List<String> warnings = read(text).warnings();
        assertEquals(1, warnings.size(), warnings.toString());
        assertTrue(warnings.get(0).contains(": " + file + ", " + key + ";"), warnings.get(0));
        for (Path each : List.of(key, file)) {
            Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rw-r-----"));
        }
        assertEquals(List.of(), read(text).warnings());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "account.wechat.api-key = %s",
                "account.wechat.api-v3-key = %s",
                "account.a.channel = allinpay\naccount.a.mch-id = 1\naccount.a.md5-key = %s",
                "account.f.channel = form\naccount.f.sign.rule = md5\naccount.f.sign.key = %s",
                "account.f.channel = form\naccount.f.sign.rule = hmac-sha256\naccount.f.sign.key = %s",
            })
    void read_secretThatIsAMistypedPath_isAFaultWhereverItComesFrom(String lines) throws Exception {
        String key = lines.substring(lines.lastIndexOf('\n') + 1).split(" ", 2)[0];
        String fault =
                key + ": expected a secret, or ${file:path} for one that is kept in a file, found what looks like"
                        + " a path";
        // A file whose content is the path of another, say: a secret in two places.
        Files.writeString(folder.resolve("secret"), "/etc/notify/wechat.key\n");
        for (String value : List.of("pay4.key", "conf/pay4.pem", "C:/notify/pay4", "${env:PATH}", "${file:secret}")) {
            List<String> faults =
                    faults(DB + ACCOUNT.replaceFirst("account.wechat.api-key.*\n", "") + lines.formatted(value) + "\n");
            assertTrue(faults.contains(fault), value + ": " + faults);
            assertFalse(faults.toString().contains("pay4."), faults.toString());
        }
    }

    @Test
    void read_subMerchants_areForSendersThatNameThem() throws Exception {
        read(DB + ACCOUNT + "account.wechat.sub-mch-id = 1900000110, 1900000111\n");
        assertEquals(
                List.of("account.wechat.sub-mch-id: expected 1 to 32 letters, digits, - or _, found 'a b'"),
                faults(DB + ACCOUNT + "account.wechat.sub-mch-id = 1, a b\n"));
        assertEquals(
                List.of("account.a.sub-mch-id: expected a known key, found an unknown one"),
                faults(DB + account("a", "allinpay", "1") + "account.a.sub-mch-id = 1\n"));
    }

    @Test
    void read_secretsElsewhere_areFetchedAndTrimmed() throws Exception {
        Files.writeString(folder.resolve("wechat.key"), "\uFEFF" + KEY + "\r\n");
        Files.writeString(folder.resolve("db.password"), "  p#w \n");
        Settings settings = read(DB.replace("= pw", "= ${file:db.password}")
                + ACCOUNT.replace(KEY, "${file:" + folder.resolve("wechat.key") + "}"));
        assertEquals("p#w", settings.database().password().reveal());
        assertEquals(
                "",
                read(DB.replace("= pw", "= ${env:EMPTY}") + ACCOUNT)
                        .database()
                        .password()
                        .reveal());
    }

    @Test
    void read_valueWithHash_keepsIt() throws Exception {
        assertEquals(
                "p#w!",
                read(DB.replace("= pw", "= p#w! ") + ACCOUNT)
                        .database()
                        .password()
                        .reveal());
    }

    @Test
    void read_jndi_standsInsteadOfTheFirstFourKeys() throws Exception {
        Settings settings = read("db.jndi = java:comp/env/jdbc/notify\ndb.schema = check\n" + ACCOUNT);
        assertEquals("java:comp/env/jdbc/notify", settings.database().jndi());
        assertEquals(
                List.of("db.url: expected no such key beside db.jndi, found one"),
                faults("db.jndi = jdbc/notify\ndb.url = jdbc:postgresql:x\n" + ACCOUNT));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "db.url = jdbc:mysql://h/x?password=secret99 | db.url: expected a URL like jdbc:postgresql://host:5432/database, found another (not shown)",
                "db.url =                          | db.url: expected a URL like jdbc:postgresql://host:5432/database, found ''",
                "db.user =                         | db.user: expected a database user's name, found ''",
                "db.pool-size = 0                  | db.pool-size: expected a whole number from 1 to 1000, found '0'",
                "db.pool-size = ten                | db.pool-size: expected a whole number from 1 to 1000, found 'ten'",
                "db.schema = update                | db.schema: expected migrate or check, found 'update'",
                "db.schem = check                  | db.schem: expected a known key, found an unknown one",
                "body.max-bytes = 1023             | body.max-bytes: expected a whole number from 1024 to 1048576, found '1023'",
                "body.max-bytes = 1048577          | body.max-bytes: expected a whole number from 1024 to 1048576, found '1048577'",
                "log.unverified-bytes-per-second = 1023 | log.unverified-bytes-per-second: expected a whole number from 1024 to 1073741824, found '1023'",
                "log.unverified-bytes-per-second = 1073741825 | log.unverified-bytes-per-second: expected a whole number from 1024 to 1073741824, found '1073741825'",
                "body.max-bytes = 99999999999      | body.max-bytes: expected a whole number from 1024 to 1048576, found '99999999999'",
                "account.wechat.channel = paypal   | account.wechat.channel: expected allinpay or ccb or form or lakala or wechat, found 'paypal'",
                "account.wechat.mch-id = 19 00     | account.wechat.mch-id: expected 1 to 32 letters, digits, - or _, found '19 00'",
                "account.wechat.app-id = wx1,,wx2  | account.wechat.app-id: expected 1 to 32 letters, digits, - or _, found ''",
                "account.wechat.sign-type = md5    | account.wechat.sign-type: expected any or MD5 or HMAC-SHA256, found 'md5'",
                "account.wechat.api-key = secret99 | account.wechat.api-key: expected 32 printable characters of ASCII, found 8",
                "account.wechat.api-key = | account.wechat.api-key: expected 32 printable characters of ASCII, found 0",
                "account.wechat.api-key = ${env:EMPTY} | account.wechat.api-key: expected 32 printable characters of ASCII, found 0",
                "account.wechat.api-key = 0123456789 0123456789 0123456789 | account.wechat.api-key: expected 32 printable characters of ASCII, found others among them",
                "account.wechat.api-key = ${env:SHORT} | account.wechat.api-key: expected 32 printable characters of ASCII, found 12",
                "account.wechat.api-key = ${env:NONE} | account.wechat.api-key: expected an environment variable NONE, found none",
                "account.wechat.api-key = ${file:none} | account.wechat.api-key: expected a readable file in UTF-8 at FOLDER/none, found no such file",
                "account.wechat.api-key = ${file:a\\u0000b} | account.wechat.api-key: expected a readable file in UTF-8, found what can be no path",
                "account.wechat.api-key = ${evn:KEY} | account.wechat.api-key: expected ${env:NAME} or ${file:/path}, found something else that begins with ${",
                "account.wechat.mch-id = ${env:SHORT} | ",
                "db.url = jdbc:postgresql://${env:SHORT}/x | db.url: expected ${env:NAME} or ${file:/path} as the whole value, found it inside of one",
                "account.wechat.key = 1            | account.wechat.key: expected a known key, found an unknown one",
                "account.a b.channel = wechat      | account.a b: expected an account's name of 1 to 64 letters, digits, - or _, found another",
                "notify = 1                        | notify: expected a known key, found an unknown one",
            })
    void read_faultyLine_isNamed(String line, String fault) throws Exception {
        String key = line.substring(0, line.indexOf('=')).strip();
        String others = (DB + ACCOUNT).replaceAll("(?m)^" + key.replace(".", "\\.") + " = .*\n", "");
        // The blank in the account's name is escaped, as a properties file wants it; its other keys are missing.
        String text = others + line.replace("a b", "a\\ b") + "\n";
        if (fault == null) {
            read(text);
            return;
        }
        List<String> faults = faults(text);
        assertTrue(
                faults.contains(fault.replace("FOLDER", folder.toAbsolutePath().toString())), faults.toString());
        if (!key.contains(" ")) {
            assertEquals(1, faults.size(), faults.toString());
        }
        assertFalse(faults.toString().matches("(?s).*(secret99|short-secret|" + KEY + ").*"), faults.toString());
    }

    @Test
    void read_missingKeys_areAllNamed() {
        assertEquals(
                List.of(
                        "db.url: expected a URL like jdbc:postgresql://host:5432/database, found no such key",
                        "db.user: expected a database user's name, found no such key",
                        "db.password: expected a value, found no such key",
                        "account.NAME.channel: expected at least one account, found none"),
                faults("# nothing\n"));
        assertEquals(
                List.of(
                        "account.x.mch-id: expected 1 to 32 letters, digits, - or _, found no such key",
                        "account.x.api-key: expected 32 printable characters of ASCII, found no such key"),
                faults(DB + "account.x.channel = wechat\n"));
    }

    @Test
    void read_keysOfApiV3_areThoseThatTheContractShows() throws Exception {
        String pem = Path.of("src/test/resources/vectors/keys").toAbsolutePath().toString();
        String v3 = "account.w.channel = wechat\naccount.w.mch-id = 1\naccount.w.api-v3-key = " + KEY + "\n";
        String id = "account.w.public-key.PUB_KEY_ID_0119000001092025060100192001000001";
        String serial = "account.w.public-key.5157F09EFDC096DE15EBE81A47057A7232F1B8E1";
        Settings both = read(DB + v3 + id + " = " + pem + "/wechat_pubkey_mode_public.pem\n" + serial + " = " + pem
                + "/wechat_platform_cert.pem\n");
        assertEquals(3, both.watched().size());
        assertEquals(
                List.of(
                        "account.w.public-key.ID: expected a public key or platform certificate beside api-v3-key, found none"),
                faults(DB + v3));
        assertEquals(
                List.of("account.w.api-v3-key: expected 32 printable characters of ASCII, found no such key"),
                faults(DB + v3.replaceFirst("account.w.api-v3-key = .*\n", "account.w.api-key = " + KEY + "\n") + id
                        + " = " + pem + "/wechat_pubkey_mode_public.pem\n"));
        assertEquals(
                List.of(
                        "account.w.api-v3-key: expected 32 printable characters of ASCII, found 5",
                        id + ": expected a readable file in UTF-8, by its path from " + folder.toAbsolutePath()
                                + ", found no such file"),
                faults(DB + v3.replace(KEY, "short") + id + " = none.pem\n").stream()
                        .sorted()
                        .toList());
        assertEquals(
                List.of("account.w.public-key.0A: expected a certificate with this serial number, found serial number"
                        + " 5157F09EFDC096DE15EBE81A47057A7232F1B8E1 in the file " + pem + "/wechat_platform_cert.pem"),
                faults(DB + v3 + "account.w.public-key.0A = " + pem + "/wechat_platform_cert.pem\n"));
    }

    @Test
    void read_keysOfApiV3_mayStandBesideASignTypeAndNotTwice() throws Exception {
        String pem = Path.of("src/test/resources/vectors/keys").toAbsolutePath() + "/wechat_pubkey_mode_public.pem\n";
        String v3 =
                "account.w.channel = wechat\naccount.w.mch-id = 1\naccount.w.sign-type = MD5\naccount.w.api-v3-key = "
                        + KEY + "\naccount.w.public-key.AB = " + pem;
        assertEquals(1, read(DB + v3).accounts().size());
        assertEquals(
                List.of("account.w.public-key.0ab: expected each id once, found it again in another form"),
                faults(DB + v3 + "account.w.public-key.0ab = " + pem));
    }

    @Test
    void read_secretMissingInItsPlace_isToldOnce() {
        assertEquals(1, faults(DB.replace("= pw", "= ${env:NONE}") + ACCOUNT).size());
        assertEquals(
                1, faults(DB.replace("= notify", "= ${env:NONE}") + ACCOUNT).size());
        assertEquals(1, faults(DB + "db.schema = ${env:NONE}\n" + ACCOUNT).size());
        assertEquals(1, faults(DB + "db.pool-size = ${env:NONE}\n" + ACCOUNT).size());
        assertEquals(
                1,
                faults(DB + ACCOUNT + "account.wechat.app-id = ${env:NONE}\n").size());
    }

    @Test
    void read_folderInsteadOfAFile_isOneFault() {
        assertEquals(1, faults(DB + ACCOUNT.replace(KEY, "${file:.}")).size());
    }

    @Test
    void read_valueFromElsewhere_isNotShown() {
        assertEquals(
                List.of("db.schema: expected migrate or check, found something else (not shown)"),
                faults(DB + "db.schema = ${env:SHORT}\n" + ACCOUNT));
    }

    @Test
    void read_doubledKey_isNamed() {
        assertEquals(List.of("db.user: expected one line, found a second"), faults(DB + "db.user = other\n" + ACCOUNT));
    }

    @Test
    void read_fileThatIsNoPropertiesFile_isNamed() {
        Path missing = folder.resolve("missing.properties");
        assertTrue(assertThrows(ConfigException.class, () -> ConfigFile.read(missing, environment))
                .faults()
                .get(0)
                .startsWith("notify.config: expected a readable file, found none at " + missing));
        assertTrue(faults("db.user = \\uXYZ\n").get(0).startsWith("notify.config: expected a Java properties file"));
        ConfigException gbk = assertThrows(ConfigException.class, () -> read("# 中文\n" + DB, Charset.forName("GBK")));
        assertTrue(gbk.faults().get(0).startsWith("notify.config: expected a file in UTF-8"));
    }

    @Test
    void read_hugeFile_isRefused() throws IOException {
        Path file = Files.write(folder.resolve("huge"), new byte[(1 << 20) + 1]);
        assertThrows(ConfigException.class, () -> ConfigFile.read(file, environment));
    }

    /** What a shop copies: all accounts of tomcat-conf/notify.properties, the commented ones too, are a good configuration. */
    @Test
    void read_accountsOfTheExample_areGood() throws Exception {
        Map<String, String> keys = Map.of(
                "wechat.key", KEY,
                "wechat.v3.key", KEY,
                "allinpay.key", KEY,
                "pay4.key", KEY,
                "pub_key.pem", Shop.key("wechat_pubkey_mode_public.pem"),
                "platform_cert.pem", Shop.key("wechat_platform_cert.pem"),
                "ccb_public.pem", Shop.key("ccb_public.pem"),
                "allinpay_public.pem", Shop.key("allinpay_public.pem"),
                "lakala_cert.pem", Shop.key("lakala_cert.pem"),
                "alipay_public.pem", Shop.key("wechat_pubkey_mode_public.pem"));
        Files.writeString(folder.resolve("apiclient_key.pem"), Shop.key("merchant_private.pem"));
        Files.writeString(folder.resolve("webhook.wechat.secret"), Receiver.newSecret(24));
        for (Map.Entry<String, String> key : keys.entrySet()) {
            Files.writeString(folder.resolve(key.getKey()), key.getValue());
        }
        List<String> lines = Files.readAllLines(Path.of("tomcat-conf/notify.properties")).stream()
                .map(line -> line.replaceFirst("^#", ""))
                .filter(line -> line.matches("account\\.[a-z0-9]+\\.\\S+ +=.*"))
                .toList();
        Settings settings = read(DB + String.join("\n", lines));
        assertEquals(
                Set.of("wechat", "ccb", "allinpay", "lakala", "pay4", "alipay"),
                settings.accounts().keySet());
        assertTrue(lines.size() > 50, "lines: " + lines.size());
    }

    private static final String INQUIRES = ACCOUNT + "account.wechat.app-id = wx1\naccount.wechat.inquiry = v2\n";

    @Test
    void inquiry_leftOut_isTheContracts() throws Exception {
        InquirySettings inquiry = read(DB + ACCOUNT).inquiry();
        assertEquals(
                "[https://api.mch.weixin.qq.com, https://api2.mch.weixin.qq.com]",
                inquiry.addresses().toString());
        assertNull(inquiry.proxy());
        assertEquals(13, inquiry.at().size());
        assertEquals(Duration.ofHours(48), inquiry.at().get(12));
        assertEquals(Duration.ofMinutes(10), inquiry.refundAt().get(0));
        assertEquals(20, inquiry.perSecond());
    }

    @Test
    void inquiry_said_isTaken() throws Exception {
        InquirySettings inquiry = read(DB + INQUIRES
                        + "inquiry.url = http://127.0.0.1:80, http://localhost, http://[::1]:9, https://a.example:8443\n"
                        + "inquiry.proxy = http://proxy.example:3128\ninquiry.at = 30s, 5m,2h ,7d\n"
                        + "inquiry.refund-at=30d\ninquiry.per-second = 300\n")
                .inquiry();
        assertEquals(4, inquiry.addresses().size());
        assertEquals(3128, inquiry.proxy().getPort());
        assertEquals("[PT30S, PT5M, PT2H, PT168H]", inquiry.at().toString());
        assertEquals("[PT720H]", inquiry.refundAt().toString());
        assertEquals(300, inquiry.perSecond());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "inquiry.url | http://api.example",
                "inquiry.url | https://api.example/path",
                "inquiry.url | https://user@api.example",
                "inquiry.url | https://api.example:99999",
                "inquiry.url | https://a,https://b,https://c,https://d,https://e",
                "inquiry.url | ftp://api.example",
                "inquiry.proxy | https://proxy.example:3128",
                "inquiry.proxy | http://proxy.example",
                "inquiry.at | 1m,1m",
                "inquiry.at | 2m,60s",
                "inquiry.at | 0s",
                "inquiry.at | 31d",
                "inquiry.at | 1w",
                "inquiry.at | 1m,",
                "inquiry.refund-at | soon",
                "inquiry.per-second | 301",
                "inquiry.per-second | 0",
                "bill.at | 09:59",
                "bill.at | 24:00",
                "bill.at | 10",
                "bill.keep-days | 0",
                "bill.keep-days | 3651",
                "account.wechat.bill | yes",
            })
    void inquiry_bad_isAFault(String key, String value) {
        List<String> faults = faults(DB + INQUIRES + key + " = " + value + "\n");
        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).startsWith(key + ": expected "), faults::toString);
    }

    @Test
    void inquiry_twoAccountsOfOneMerchant_areAFault() {
        assertEquals(
                List.of("account.wechat.inquiry: expected one account for each mch-id that inquires,"
                        + " found again that does so for the same"),
                faults(DB + INQUIRES + INQUIRES.replace("account.wechat", "account.again")));
    }

    @Test
    void bill_leftOutOrSaid_isTaken() throws Exception {
        assertEquals(
                "BillSettings[at=10:15, keepDays=90]", read(DB + ACCOUNT).bill().toString());
        assertEquals(
                "BillSettings[at=23:59, keepDays=1]",
                read(DB + ACCOUNT + "bill.at = 23:59\nbill.keep-days = 1\n")
                        .bill()
                        .toString());
    }

    @Test
    void bill_withoutInquiry_isAFault() {
        List<String> faults = faults(DB + ACCOUNT + "account.wechat.bill = on\n");
        assertEquals(1, faults.size(), faults::toString);
        assertTrue(faults.get(0).startsWith("account.wechat.bill: expected inquiry = v2 or v3"), faults::toString);
    }

    @Test
    void features_areThoseThatAreOn() throws Exception {
        assertEquals(List.of(), read(DB + ACCOUNT).features());
        assertEquals(
                List.of("inquiry", "events", "bills", "metrics", "admin"),
                read(DB + ACCOUNT
                                + "account.wechat.app-id = wx1\naccount.wechat.inquiry = v2\naccount.wechat.bill = on\n"
                                + "event.channel = payment_event\nmetrics = on\nadmin = on\n")
                        .features());
    }
}
