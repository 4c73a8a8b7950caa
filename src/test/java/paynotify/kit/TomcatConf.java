package paynotify.kit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What tomcat-conf/ shows to the shops, taken out of its very files; only ports are changed, to free ones. */
public final class TomcatConf {
    private static final Path FOLDER = Path.of("tomcat-conf");

    private TomcatConf() {}

    /** Both connectors of server.xml.part: the one that speaks HTTPS, and the plain one for a proxy. */
    public static String connectors() {
        return first("server.xml.part", "(?s)\n(<Connector port=\"443\".*?</Connector>)")
                        .replace("port=\"443\"", "port=\"0\"")
                + plainConnector();
    }

    /** The plain connector of server.xml.part. */
    public static String plainConnector() {
        return first("server.xml.part", "(?s)\n(<Connector port=\"8080\".*?/>)").replace("port=\"8080\"", "port=\"0\"");
    }

    /** The plain connector, with the attribute that the file's remarks give it where CCB calls. */
    public static String plainConnectorForCcb() {
        String attribute = first("server.xml.part", "\n *(relaxedQueryChars='[^']*')\n");
        return plainConnector().replace("/>", " " + attribute + "/>");
    }

    /** What server.xml.part gives the Host. */
    public static String errorReportValve() {
        return first("server.xml.part", "\n(<Valve .*/>)");
    }

    /** notify.xml with RemoteIpValve switched on. */
    public static String contextBehindProxy() {
        return read("notify.xml")
                .replaceFirst("(?s)<!--\\s*(<Valve className=\"[\\w.]*\\.RemoteIpValve\".*?/>)\\s*-->", "$1");
    }

    /** The server of nginx.conf.part, in front of a Tomcat at this port. */
    public static String nginxServer(int port, int tomcatPort) {
        return read("nginx.conf.part")
                .replace("listen 443 ", "listen 127.0.0.1:" + port + " ")
                .replace("http://127.0.0.1:8080;", "http://127.0.0.1:" + tomcatPort + ";");
    }

    private static String first(String file, String regex) {
        Matcher matcher = Pattern.compile(regex).matcher(read(file));
        if (!matcher.find()) {
            throw new IllegalStateException("not in " + file + ": " + regex);
        }
        return matcher.group(1);
    }

    private static String read(String file) {
        try {
            return Files.readString(FOLDER.resolve(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
