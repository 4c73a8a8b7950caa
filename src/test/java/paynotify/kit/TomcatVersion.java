package paynotify.kit;

import java.nio.file.Path;

/** The Tomcat distributions that Maven brought. */
public enum TomcatVersion {
    TOMCAT_10("kit.tomcat10"),
    TOMCAT_11("kit.tomcat11");

    private final String property;

    TomcatVersion(String property) {
        this.property = property;
    }

    Path home() {
        return Kit.required(property);
    }
}
