package paynotify;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import paynotify.kit.Run;
import paynotify.kit.Send;
import paynotify.kit.Wait;

/** What a newcomer sees of "mvn -Prun" and of the command that it prints. */
class RunIT {
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    private Path folder;

    @Test
    void run_untilItIsEnded_showsOneCallbackAndLeavesNoProcess() throws Exception {
        int httpPort = freePort();
        int dbPort = freePort();
        Path output = folder.resolve("run.txt");
        Process run = start(Run.class, output, "http.port=" + httpPort, "db.port=" + dbPort);
        try {
            Wait.until(LIMIT, () -> read(output).contains("The orders are") || !run.isAlive(), () -> read(output));
            String shown = read(output);
            assertTrue(shown.contains("<out_trade_no><![CDATA[DEMO-1]]></out_trade_no>"), shown);
            assertTrue(shown.contains("<return_code><![CDATA[SUCCESS]]></return_code><return_msg>"), shown);
            assertTrue(shown.matches("(?s).*status +PENDING +PAID\\n.*"), shown);
            assertTrue(shown.matches("(?s).*outcome +APPLIED\\n.*"), shown);
            assertTrue(shown.matches("(?s).*status +PENDING +PAID\\n.*status +PENDING +PAID\\n.*"), shown);
            assertTrue(shown.matches("(?s).*source +INQUIRY\\n.*"), shown);
            assertTrue(shown.contains("webhook-signature: v1,"), shown);
            assertTrue(shown.matches("(?s).*\"type\":\"payment.paid\".*\"out_trade_no\":\"DEMO-LOST\".*"), shown);
            assertTrue(shown.contains("http://127.0.0.1:" + httpPort + "/notify/admin/"), shown);
            assertTrue(shown.contains("psql postgresql://notify:notify@127.0.0.1:" + dbPort + "/shop"), shown);
            assertTrue(shown.contains("exec:java@send -Dout_trade_no=DEMO-2 -Dhttp.port=" + httpPort), shown);
            assertTablesAreInTheSchemaOfReadme(dbPort);
            assertFalse(shown.contains("WARN") || shown.contains("Exception") || shown.contains("\tat "), shown);

            String sent = send("http.port=" + httpPort, "out_trade_no=DEMO-2");
            assertTrue(sent.contains("HTTP 200") && sent.contains("SUCCESS"), sent);
            Wait.until(LIMIT, () -> hears("payment.paid", "DEMO-2", read(output)), () -> read(output));
            String wrong = refused("http.port=" + httpPort, "out_trade_no=DEMO-3", "total_fee=1");
            assertTrue(wrong.contains("HTTP 409") && wrong.contains("AMOUNT_MISMATCH"), wrong);
            Wait.until(LIMIT, () -> hears("payment.attention", "DEMO-3", read(output)), () -> read(output));
            sendsEachForm(httpPort);

            Process second =
                    start(Run.class, folder.resolve("2.txt"), "http.port=" + httpPort, "db.port=" + freePort());
            assertFails(second, folder.resolve("2.txt"), httpPort, "http.port");
            Process third = start(Run.class, folder.resolve("3.txt"), "http.port=" + freePort(), "db.port=" + dbPort);
            assertFails(third, folder.resolve("3.txt"), dbPort, "db.port");
        } finally {
            List<ProcessHandle> all = new ArrayList<>(run.descendants().toList());
            run.destroy();
            assertTrue(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
            all.removeIf(process -> !process.isAlive());
            assertEquals(List.of(), all);
        }
        try (ServerSocket http = new ServerSocket(httpPort, 1, InetAddress.getLoopbackAddress());
                ServerSocket db = new ServerSocket(dbPort, 1, InetAddress.getLoopbackAddress())) {
            assertTrue(http.isBound() && db.isBound());
        }
    }

    private static void assertTablesAreInTheSchemaOfReadme(int dbPort) throws SQLException {
        String url = "jdbc:postgresql://127.0.0.1:" + dbPort + "/shop";
        try (Connection connection = DriverManager.getConnection(url, "notify", "notify");
                Statement psql = connection.createStatement()) {
            for (String before : List.of("", "SET search_path = notify; ")) {
                psql.execute(before + "SELECT FROM payment_log, notify.payment_order");
            }
        }
    }

    private static boolean hears(String type, String no, String shown) {
        return shown.lines()
                .anyMatch(line -> line.startsWith("The shop's software hears evt_")
                        && line.contains(type)
                        && line.contains("\"" + no + "\""));
    }

    private void sendsEachForm(int httpPort) throws Exception {
        for (String channel : List.of("wechat-v3", "ccb", "allinpay", "lakala", "lakala-cashier", "form")) {
            String applied = send("http.port=" + httpPort, "channel=" + channel, "out_trade_no=DEMO-4");
            assertTrue(
                    applied.contains("HTTP 200")
                            && applied.toLowerCase(Locale.ROOT).contains("success"),
                    applied);
            String wrong = refused("http.port=" + httpPort, "channel=" + channel, "out_trade_no=DEMO-5", "total_fee=2");
            assertTrue(wrong.contains("HTTP 409"), wrong);
        }
        String byPost = send("http.port=" + httpPort, "channel=ccb", "method=POST", "PAYMENT=88.00", "ORDERID=DEMO-3");
        assertTrue(byPost.contains("HTTP 200"), byPost);
        String byRsa = send("http.port=" + httpPort, "channel=allinpay", "sign=RSA", "out_trade_no=DEMO-3");
        assertTrue(byRsa.contains("HTTP 200"), byRsa);
        String otherKey = refused("http.port=" + httpPort, "channel=allinpay", "md5-key=x", "out_trade_no=DEMO-1");
        assertTrue(otherKey.contains("HTTP 401"), otherKey);
        for (String channel : List.of("wechat-v2-refund", "wechat-v3-refund")) {
            String refund = send("http.port=" + httpPort, "channel=" + channel, "refund_fee=1");
            assertTrue(refund.contains("HTTP 200"), refund);
        }
    }

    @Test
    void run_thatFails_isOneLineAndLeavesNoProcess() throws Exception {
        int dbPort = freePort();
        Path output = folder.resolve("broken.txt");
        Path war = Files.writeString(folder.resolve("notify.war"), "no archive");
        Process run = start(Run.class, output, "http.port=" + freePort(), "db.port=" + dbPort, "kit.war=" + war);
        assertTrue(run.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS), () -> read(output));
        assertEquals(1, run.exitValue());
        List<String> said = read(output).lines().filter(line -> !line.isBlank()).toList();
        assertEquals("Starting PostgreSQL ...", said.get(0));
        assertEquals("Starting Tomcat ...", said.get(1));
        assertTrue(said.get(2).startsWith("The demo ended: the application did not start: "), said.toString());
        assertTrue(said.get(2).endsWith("for context [/notify]"), said.toString());
        assertEquals(List.of("Stopping Tomcat and PostgreSQL ..."), said.subList(3, said.size()));
        try (ServerSocket db = new ServerSocket(dbPort, 1, InetAddress.getLoopbackAddress())) {
            assertTrue(db.isBound());
        }
    }

    @Test
    void send_ofWhatItCantMake_saysWhatItExpects() throws Exception {
        assertSays("-Dchannel: expected one of wechat-v2, wechat-v3, ", "channel=wechat");
        assertSays("-Dtotal_fee: expected an amount in fen, found 1.15", "channel=ccb", "total_fee=1.15");
        assertSays("-Dmethod: expected one of GET, POST, found PUT", "channel=form", "method=PUT");
        assertSays("-Dprivate-key: expected a file with", "channel=lakala", "private-key=no-such-file");
        assertSays("-Dprivate-key: expected a file with", "channel=lakala", "private-key=pom.xml");
        assertSays("-Dout-trade-no: expected one of ", "out-trade-no=DEMO-2");
        assertSays("-Dbank_type: expected one of ", "channel=ccb", "bank_type=CFT");
    }

    private void assertSays(String message, String... properties) throws Exception {
        String said = refused(properties).strip();
        assertTrue(said.startsWith(message), said);
        assertEquals(1, said.lines().count(), said);
    }

    @Test
    void send_whereNothingRuns_saysSo() throws Exception {
        String said = refused("http.port=" + freePort());
        assertTrue(said.contains("mvn -Prun") && !said.contains("Exception"), said);
    }

    private static void assertFails(Process process, Path output, int port, String option) throws Exception {
        assertTrue(process.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertEquals(1, process.exitValue());
        String said = read(output).strip();
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.contains("Port " + port + " is taken") && said.contains("-D" + option + "="), said);
    }

    private String send(String... properties) throws Exception {
        return send(0, properties);
    }

    /** By the sender's own fault or by the other side. */
    private String refused(String... properties) throws Exception {
        return send(1, properties);
    }

    private String send(int exitValue, String... properties) throws Exception {
        Path output = Files.createTempFile(folder, "send", ".txt");
        Process send = start(Send.class, output, properties);
        assertTrue(send.waitFor(LIMIT.toSeconds(), TimeUnit.SECONDS));
        assertEquals(exitValue, send.exitValue(), () -> read(output));
        return read(output);
    }

    private static Process start(Class<?> main, Path output, String... properties) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        for (String name : List.of("kit.dir", "kit.war", "kit.tomcat11", "kit.java.home")) {
            // Of two, the last one holds.
            command.add("-D" + name + "=" + System.getProperty(name));
        }
        for (String property : properties) {
            command.add("-D" + property);
        }
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        ProcessBuilder builder =
                new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(output.toFile());
        // What Maven was given for the tests is not given to it.
        builder.environment().remove("MAVEN_CMD_LINE_ARGS");
        return builder.start();
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }
}
