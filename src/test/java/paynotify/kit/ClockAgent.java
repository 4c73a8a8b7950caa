package paynotify.kit;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.instrument.Instrumentation;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.agent.builder.AgentBuilder;
import net.bytebuddy.asm.Advice;
import net.bytebuddy.matcher.ElementMatchers;

/**
 * Runs inside a Tomcat's JVM and moves all of java.time: every clock and every now(), by so many seconds as a file says.
 * The machine's own clock is nobody's to turn. System.nanoTime and System.currentTimeMillis stay as they are: by the first
 * all durations are measured, and the second is not used by the application.
 */
public final class ClockAgent {
    private static final String SECONDS = "kit.clock.seconds";
    private static final int LOOK_EVERY_MS = 20;

    private ClockAgent() {}

    /** Called by the JVM with the file's name. */
    public static void premain(String file, Instrumentation instrumentation) {
        new AgentBuilder.Default(new ByteBuddy())
                .ignore(ElementMatchers.none())
                .disableClassFormatChanges()
                .with(AgentBuilder.RedefinitionStrategy.RETRANSFORMATION)
                .type(ElementMatchers.is(Clock.class))
                .transform((builder, type, loader, module, domain) ->
                        builder.visit(Advice.to(Move.class).on(ElementMatchers.named("currentInstant"))))
                .installOn(instrumentation);
        Thread watch = new Thread(() -> watch(Path.of(file)), "kit-clock");
        watch.setDaemon(true);
        watch.start();
    }

    private static void watch(Path file) {
        String taken = "";
        try {
            while (true) {
                String seconds = Files.exists(file) ? Files.readString(file) : "";
                if (!seconds.isEmpty() && !seconds.equals(taken)) {
                    System.setProperty(SECONDS, seconds);
                    Files.writeString(Path.of(file + ".taken"), seconds);
                    taken = seconds;
                }
                Thread.sleep(LOOK_EVERY_MS);
            }
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Becomes a part of java.time.Clock itself, so it can name nothing but the JDK. */
    static final class Move {
        private Move() {}

        @Advice.OnMethodExit
        static void exit(@Advice.Return(readOnly = false) Instant now) {
            now = now.plusSeconds(Long.getLong("kit.clock.seconds", 0L));
        }
    }

    /** For -javaagent. */
    static synchronized Path jar() {
        Path jar = Kit.newFolder("agent-").resolve("clock.jar");
        Manifest manifest = new Manifest();
        Attributes attributes = manifest.getMainAttributes();
        attributes.put(Attributes.Name.MANIFEST_VERSION, "1.0");
        attributes.putValue("Premain-Class", ClockAgent.class.getName());
        attributes.putValue("Can-Retransform-Classes", "true");
        attributes.putValue(
                "Class-Path",
                ByteBuddy.class
                        .getProtectionDomain()
                        .getCodeSource()
                        .getLocation()
                        .toString());
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream classes = new JarOutputStream(out, manifest)) {
            for (Class<?> one : List.of(ClockAgent.class, Move.class)) {
                String name = one.getName().replace('.', '/') + ".class";
                classes.putNextEntry(new JarEntry(name));
                try (InputStream in = ClockAgent.class.getResourceAsStream("/" + name)) {
                    in.transferTo(classes);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        Kit.atExit(() -> Kit.delete(jar.getParent()));
        return jar;
    }
}
