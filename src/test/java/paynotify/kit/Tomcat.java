package paynotify.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A real Tomcat as a process of its own, with the built WAR, in a folder of its own (CATALINA_BASE). */
public final class Tomcat implements AutoCloseable {
    private static final Duration START = Duration.ofSeconds(60);
    private static final Duration STOP = Duration.ofSeconds(30);
    private static final Pattern PORT =
            Pattern.compile("Starting ProtocolHandler \\[\"http-nio-127\\.0\\.0\\.1-(?:auto-\\d+-)?(\\d+)\"]");
    private static final Pattern HTTPS_PORT =
            Pattern.compile("Starting ProtocolHandler \\[\"https-[a-z]+-nio-(?:auto-\\d+-)?(\\d+)\"]");
    private static final Pattern OWN_CONNECTOR =
            Pattern.compile("<Connector port=\"8080\" protocol=\"HTTP/1\\.1\"[^>]*/>");
    // As in bin/catalina.sh: without them Tomcat can't look for leaks.
    private static final List<String> OPENED = List.of(
            "java.base/java.lang",
            "java.base/java.lang.reflect",
            "java.base/java.io",
            "java.base/java.util",
            "java.base/java.util.concurrent",
            "java.rmi/sun.rmi.transport");
    /** The one attribute that Tomcat's own connector has already. */
    private static final String TIMEOUT = "connectionTimeout";

    private static final String CLOCK = "temp/clock";
    private static final List<Path> LOG_FOLDERS = new CopyOnWriteArrayList<>();

    private static final String MANAGER =
            "Basic " + Base64.getEncoder().encodeToString("kit:kit".getBytes(StandardCharsets.UTF_8));

    private final Path base;
    private final ProcessBuilder command;
    private final Duration startLimit;
    // Senders of other threads ask for them while it is killed and started.
    private volatile Process process;
    private volatile int port;

    private Tomcat(Path base, ProcessBuilder command, Duration startLimit) {
        this.base = base;
        this.command = command;
        this.startLimit = startLimit;
    }

    public static Builder on(TomcatVersion version) {
        return new Builder(version);
    }

    /** Secrets and right signatures that any log of any Tomcat of this JVM shows: "file: secret". */
    public static List<String> secretsInLogs() {
        List<String> found = new ArrayList<>();
        for (Path folder : LOG_FOLDERS) {
            for (Path file : files(folder)) {
                LeakDetector.in(read(file)).forEach(secret -> found.add(file + ": " + secret));
            }
        }
        return found;
    }

    public int port() {
        return port;
    }

    /** Of a connector that speaks HTTPS, where {@link Builder#connectors} gave it one. */
    public int httpsPort() {
        Matcher matcher = HTTPS_PORT.matcher(read(console()));
        if (!matcher.find()) {
            throw new IllegalStateException("no HTTPS [log=" + log() + "]");
        }
        return Integer.parseInt(matcher.group(1));
    }

    /** Of a path that begins with a slash. */
    public URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port + path);
    }

    /** CATALINA_BASE. */
    public Path base() {
        return base;
    }

    public long pid() {
        return process.pid();
    }

    /** What Tomcat's console and its log of the host (where errors of applications go) say. */
    public String log() {
        return files(base.resolve("logs")).stream()
                .filter(file -> file.getFileName().toString().matches("console\\.log|localhost\\..*"))
                .map(Tomcat::read)
                .collect(Collectors.joining("\n"));
    }

    /** The first error that the log tells, without time and thread; empty if there is none. */
    String firstError() {
        return log().lines()
                .filter(line -> line.contains(" SEVERE "))
                .map(line -> line.replaceFirst("^.* SEVERE \\[[^]]*] ", ""))
                .findFirst()
                .orElse("");
    }

    boolean runs() {
        return process.isAlive();
    }

    /** Waits until the log says it. */
    public void awaitLog(String text, Duration limit) {
        Wait.until(limit, () -> log().contains(text), () -> "not in the log: " + text + "\n" + log());
    }

    /** The same folder, a new process. */
    public void startAgain() {
        try {
            Files.deleteIfExists(console());
            process = command.start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Wait.until(startLimit, () -> read(console()).contains("Server startup in") || !process.isAlive(), this::log);
        Matcher matcher = PORT.matcher(read(console()));
        if (!process.isAlive() || !matcher.find()) {
            kill();
            throw new IllegalStateException("Tomcat did not start\n" + log());
        }
        port = Integer.parseInt(matcher.group(1));
    }

    /** How many live objects of this class there are, after a garbage collection. */
    public long instances(String className) {
        Matcher matcher = Pattern.compile("(?m)^ *\\d+: +(\\d+) +\\d+ +" + Pattern.quote(className) + "(?: .*)?$")
                .matcher(histogram());
        return matcher.find() ? Long.parseLong(matcher.group(1)) : 0;
    }

    /** How many bytes all live objects take, after a garbage collection. */
    public long liveBytes() {
        Matcher matcher = Pattern.compile("(?m)^Total +\\d+ +(\\d+)").matcher(histogram());
        if (!matcher.find()) {
            throw new IllegalStateException("no total in the histogram");
        }
        return Long.parseLong(matcher.group(1));
    }

    private String histogram() {
        Path jcmd = javaHome().resolve("bin/jcmd");
        try {
            Process histogram = new ProcessBuilder(jcmd.toString(), Long.toString(pid()), "GC.class_histogram")
                    .redirectErrorStream(true)
                    .start();
            String text = new String(histogram.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!text.contains("java.lang.String")) {
                throw new IllegalStateException("no histogram: " + text);
            }
            return text;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path javaHome() {
        return Path.of(System.getProperty("kit.java.home", System.getProperty("java.home")));
    }

    /** SIGTERM, as "catalina.sh stop" or a service manager does it. */
    public void stop() {
        process.destroy();
        try {
            if (!process.waitFor(STOP.toSeconds(), TimeUnit.SECONDS)) {
                kill();
                throw new AssertionError("Tomcat did not stop by itself [waited=" + STOP + ", log=" + log() + "]");
            }
        } catch (InterruptedException e) {
            kill();
            throw new IllegalStateException(e);
        }
    }

    /** SIGKILL. */
    public void kill() {
        process.destroyForcibly();
        process.onExit().join();
    }

    @Override
    public void close() {
        stop();
    }

    /** Puts the built WAR into webapps/ as a person would copy it there. */
    public void deploy(String name) {
        try {
            Path part = base.resolve(name + ".part");
            Files.copy(Kit.required("kit.war"), part, StandardCopyOption.REPLACE_EXISTING);
            Files.move(part, base.resolve("webapps").resolve(name), StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Takes it out of webapps/; Tomcat's auto-deployment does the rest. */
    public void undeploy(String name) {
        try {
            Files.delete(base.resolve("webapps").resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Another application with the same WAR and its own notify.properties, by way of the manager. Returns what was logged
     * while Tomcat tried.
     */
    public String deploy(String name, String properties) {
        return deploy(name, properties, "");
    }

    /** The same with more elements in its context file. */
    public String deploy(String name, String properties, String contextElements) {
        file("conf/contexts/" + name + "/notify.properties", properties);
        return deployContext(
                name,
                "<Context docBase=\"" + war() + "\"><Parameter name=\"notify.config\" value=\"" + base
                        + "/conf/contexts/" + name + "/notify.properties\"/>" + contextElements + "</Context>");
    }

    /** The same with its notify.properties in conf/, beside the files of keys that it names. */
    public String deployBeside(String name, String properties) {
        file("conf/" + name + ".properties", properties);
        return deployContext(
                name,
                "<Context docBase=\"" + war() + "\"><Parameter name=\"notify.config\" value=\"conf/" + name
                        + ".properties\"/></Context>");
    }

    /** Another application with a context file of the caller's. */
    public String deployContext(String name, String contextXml) {
        file("conf/contexts/" + name + ".xml", contextXml);
        int before = read(console()).length();
        manage("deploy?path=/" + name + "&config=file:" + base + "/conf/contexts/" + name + ".xml");
        return read(console()).substring(before);
    }

    /** What Tomcat's own manager answers to a command, where there is one. */
    public String manage(String command) {
        return Http.get(uri("/manager/text/" + command), "Authorization", MANAGER)
                .text();
    }

    /** Puts its clock so far from the machine's. Of one with a {@link Builder#movableClock}. */
    public void setClock(Duration ahead) {
        String seconds = Long.toString(ahead.toSeconds());
        file(CLOCK, seconds);
        Path taken = base.resolve(CLOCK + ".taken");
        Wait.until(START, () -> read(taken).equals(seconds), () -> "the clock does not move");
    }

    /** The built WAR, for a context file's docBase. */
    public Path war() {
        return Kit.required("kit.war");
    }

    /** From now on no log may show this, whoever wrote it where. */
    public String secret(String value) {
        Kit.keepSecret(value);
        return value;
    }

    /** Any file below CATALINA_BASE, in UTF-8, while it runs. */
    public void file(String path, String text) {
        try {
            Files.createDirectories(base.resolve(path).getParent());
            Files.writeString(base.resolve(path), text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path console() {
        return base.resolve("logs/console.log");
    }

    private static List<Path> files(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What a Tomcat is to be started with. */
    public static final class Builder {
        private final Path home;
        private final Path base = Kit.newFolder("tomcat-");
        private final Map<String, String> environment = new LinkedHashMap<>();
        private final List<String> options = new ArrayList<>();
        private final StringBuilder connectorAttributes = new StringBuilder();
        private String connectors = "";
        private String hostElements = "";
        private int port;
        private int autoDeploySeconds = 10;
        private boolean war = true;
        private boolean temporary;
        private boolean coverage = true;
        private Duration startLimit = START;

        private Builder(TomcatVersion version) {
            home = version.home();
            try {
                for (String folder : List.of("conf", "conf/Catalina/localhost", "logs", "temp", "webapps", "work")) {
                    Files.createDirectories(base.resolve(folder));
                }
                try (Stream<Path> files = Files.list(home.resolve("conf"))) {
                    for (Path file : files.toList()) {
                        Files.copy(file, base.resolve("conf").resolve(file.getFileName()));
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        public Path base() {
            return base;
        }

        /** conf/notify.properties, where the application looks last. */
        public Builder properties(String text) {
            return file("conf/notify.properties", text);
        }

        /** conf/Catalina/localhost/notify.xml. */
        public Builder context(String xml) {
            return file("conf/Catalina/localhost/notify.xml", xml);
        }

        /** Any file below CATALINA_BASE, in UTF-8. */
        public Builder file(String path, String text) {
            return file(path, text.getBytes(StandardCharsets.UTF_8));
        }

        public Builder file(String path, byte[] content) {
            try {
                Files.createDirectories(base.resolve(path).getParent());
                Files.write(base.resolve(path), content);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        /** A jar for all applications, such as a DataSource's. */
        public Builder library(Path jar) {
            try {
                Files.createDirectories(base.resolve("lib"));
                Files.copy(jar, base.resolve("lib").resolve(jar.getFileName()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            return this;
        }

        public Builder env(String name, String value) {
            environment.put(name, value);
            return this;
        }

        /** An option of the JVM, such as -Dname=value. */
        public Builder option(String option) {
            options.add(option);
            return this;
        }

        /** Its wall clock can be put ahead or back; see {@link ClockAgent}. */
        public Builder movableClock() {
            return option("-javaagent:" + ClockAgent.jar() + "=" + base.resolve(CLOCK));
        }

        /** 0, the default: a free one. */
        public Builder port(int number) {
            port = number;
            return this;
        }

        /** One more attribute of the connector, such as relaxedQueryChars. */
        public Builder connector(String name, String value) {
            String escaped = value.replace("&", "&amp;").replace("\"", "&quot;").replace("<", "&lt;");
            connectorAttributes
                    .append(' ')
                    .append(name)
                    .append("=\"")
                    .append(escaped)
                    .append('"');
            return this;
        }

        /** These connectors instead of Tomcat's own; one of them is plain HTTP at 127.0.0.1, on port 0. */
        public Builder connectors(String xml) {
            connectors = xml;
            return this;
        }

        /** More elements of the Host. */
        public Builder host(String xml) {
            hostElements = xml;
            return this;
        }

        public Builder autoDeploySeconds(int seconds) {
            autoDeploySeconds = seconds;
            return this;
        }

        public Builder withoutWar() {
            war = false;
            return this;
        }

        /** No agent in the JVM that is looked through for leaks. */
        public Builder withoutCoverage() {
            coverage = false;
            return this;
        }

        /** Tomcat's own manager, for {@link Tomcat#manage}. */
        public Builder manager() {
            file(
                    "conf/tomcat-users.xml",
                    "<tomcat-users><user username=\"kit\" password=\"kit\" roles=\"manager-script,notify-operator\"/></tomcat-users>");
            return file(
                    "conf/Catalina/localhost/manager.xml",
                    "<Context docBase=\"" + home.resolve("webapps/manager") + "\" privileged=\"true\"/>");
        }

        /** So long it may take to start. */
        Builder startLimit(Duration limit) {
            startLimit = limit;
            return this;
        }

        /** Its folder goes with it. */
        public Builder temporary() {
            temporary = true;
            return this;
        }

        public Tomcat start() {
            writeServerXml();
            ProcessBuilder command = new ProcessBuilder(commandLine())
                    .redirectErrorStream(true)
                    .redirectOutput(
                            Redirect.appendTo(base.resolve("logs/console.log").toFile()));
            command.environment().remove("NOTIFY_CONFIG");
            command.environment().putAll(environment);
            LOG_FOLDERS.add(base.resolve("logs"));
            Tomcat tomcat = new Tomcat(base, command, startLimit);
            if (war) {
                tomcat.deploy("notify.war");
            }
            Kit.atExit(() -> {
                if (tomcat.process != null) {
                    tomcat.stop();
                }
                if (temporary) {
                    Kit.delete(base);
                }
            });
            tomcat.startAgain();
            return tomcat;
        }

        private List<String> commandLine() {
            List<String> line = new ArrayList<>();
            line.add(javaHome().resolve("bin/java").toString());
            line.add("-Djava.util.logging.config.file=" + base.resolve("conf/logging.properties"));
            line.add("-Djava.util.logging.manager=org.apache.juli.ClassLoaderLogManager");
            OPENED.forEach(name -> line.add("--add-opens=" + name + "=ALL-UNNAMED"));
            line.addAll(coverage());
            line.addAll(options);
            line.add("-classpath");
            line.add(home.resolve("bin/bootstrap.jar")
                    + System.getProperty("path.separator")
                    + home.resolve("bin/tomcat-juli.jar"));
            line.add("-Dcatalina.base=" + base);
            line.add("-Dcatalina.home=" + home);
            line.add("-Djava.io.tmpdir=" + base.resolve("temp"));
            line.add("org.apache.catalina.startup.Bootstrap");
            line.add("start");
            return line;
        }

        /** So that the floor of coverage counts what the WAR ran in here. */
        private List<String> coverage() {
            String agent = System.getProperty("kit.jacoco.agent");
            if (!coverage || agent == null || !Files.exists(Path.of(agent))) {
                return List.of();
            }
            Path file = Kit.folder().resolve("jacoco").resolve(base.getFileName() + ".exec");
            return List.of("-javaagent:" + agent + "=includes=paynotify.*,destfile=" + file);
        }

        private void writeServerXml() {
            try {
                Path file = base.resolve("conf/server.xml");
                String xml = Files.readString(file);
                String changed = once(xml, "<Server port=\"8005\"", "<Server port=\"-1\"");
                changed = once(
                        changed,
                        "<Engine name=\"Catalina\" defaultHost=\"localhost\">",
                        "<Engine name=\"Catalina\" defaultHost=\"localhost\" backgroundProcessorDelay=\""
                                + autoDeploySeconds + "\">");
                changed = once(changed, "</Host>", hostElements + "</Host>");
                Matcher own = OWN_CONNECTOR.matcher(changed);
                if (!own.find()) {
                    throw new IllegalStateException("server.xml of this Tomcat looks different [file=" + file + "]");
                }
                String connector = connectors.isEmpty() ? changed(own.group()) : connectors;
                Files.writeString(file, changed.substring(0, own.start()) + connector + changed.substring(own.end()));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        private String changed(String connector) {
            String rest = connectorAttributes.indexOf(" " + TIMEOUT) < 0
                    ? connector
                    : once(connector, TIMEOUT + "=\"20000\"", "");
            return once(
                    rest,
                    "<Connector port=\"8080\"",
                    "<Connector port=\"" + port + "\" address=\"127.0.0.1\"" + connectorAttributes);
        }

        private static String once(String xml, String part, String other) {
            if (!xml.contains(part)) {
                throw new IllegalStateException("server.xml of this Tomcat looks different [missing=" + part + "]");
            }
            return xml.replace(part, other);
        }
    }
}
