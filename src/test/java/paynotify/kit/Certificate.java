package paynotify.kit;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate for 127.0.0.1 as a public authority would give it: signed by an intermediate one, which the root signed.
 * A client trusts the root alone, so it goes on only if the server sends the whole chain. Made by the JDK's keytool.
 */
public final class Certificate {
    private static final char[] PASSWORD = "of-the-tests".toCharArray();
    private static final String SERVER = "server";
    private static final String INTERMEDIATE = "intermediate";
    private static final String ROOT = "root";

    private static Certificate shared;

    private final KeyStore keys;

    private Certificate(KeyStore keys) {
        this.keys = keys;
    }

    /** The one of this JVM. */
    public static synchronized Certificate shared() {
        if (shared == null) {
            Path folder = Kit.newFolder("certificate-");
            try {
                shared = new Certificate(made(folder));
            } finally {
                Kit.delete(folder);
            }
        }
        return shared;
    }

    /** fullchain.pem: the certificate, and then the intermediate one. */
    public String fullChain() {
        try {
            return pem("CERTIFICATE", keys.getCertificate(SERVER).getEncoded())
                    + pem("CERTIFICATE", keys.getCertificate(INTERMEDIATE).getEncoded());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** privkey.pem: PKCS#8. */
    public String privateKey() {
        try {
            String pem = pem("PRIVATE KEY", keys.getKey(SERVER, PASSWORD).getEncoded());
            // No log may show it, not even one line of it: the twelfth is in the midst of it.
            Kit.keepSecret(pem.lines().skip(11).findFirst().orElseThrow());
            return pem;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Of a client that trusts the root. */
    public SSLContext client() {
        try {
            KeyStore trusted = KeyStore.getInstance("PKCS12");
            trusted.load(null, null);
            trusted.setCertificateEntry(ROOT, keys.getCertificate(ROOT));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(trusted);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static KeyStore made(Path folder) {
        Path file = folder.resolve("keys.p12");
        pair(file, ROOT, "-ext", "bc:critical=ca:true");
        pair(file, INTERMEDIATE);
        pair(file, SERVER);
        sign(file, ROOT, INTERMEDIATE, "-ext", "bc:critical=ca:true,pathlen:0");
        sign(file, INTERMEDIATE, SERVER, "-ext", "san=ip:127.0.0.1,dns:localhost");
        try (var in = Files.newInputStream(file)) {
            KeyStore keys = KeyStore.getInstance("PKCS12");
            keys.load(in, PASSWORD);
            return keys;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void pair(Path file, String alias, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("-genkeypair", "-alias", alias, "-dname", "CN=" + alias, "-keyalg", "RSA", "-keysize", "2048"));
        arguments.addAll(List.of(more));
        keytool(file, arguments, new byte[0]);
    }

    private static void sign(Path file, String issuer, String alias, String... more) {
        byte[] request = keytool(file, List.of("-certreq", "-alias", alias), new byte[0]);
        List<String> arguments = new ArrayList<>(List.of("-gencert", "-rfc", "-alias", issuer));
        arguments.addAll(List.of(more));
        keytool(file, List.of("-importcert", "-noprompt", "-alias", alias), keytool(file, arguments, request));
    }

    /** What it writes to its standard output. */
    private static byte[] keytool(Path file, List<String> arguments, byte[] input) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "keytool").toString());
        command.addAll(arguments);
        command.addAll(List.of("-keystore", file.toString(), "-storetype", "PKCS12"));
        command.addAll(List.of("-storepass", new String(PASSWORD)));
        try {
            Process process =
                    new ProcessBuilder(command).redirectError(Redirect.DISCARD).start();
            try (OutputStream out = process.getOutputStream()) {
                new ByteArrayInputStream(input).transferTo(out);
            }
            byte[] output = process.getInputStream().readAllBytes();
            if (process.waitFor() != 0) {
                throw new IllegalStateException(
                        "keytool " + arguments + ": " + new String(output, StandardCharsets.UTF_8));
            }
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static String pem(String kind, byte[] der) {
        return "-----BEGIN " + kind + "-----\n"
                + Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der) + "\n-----END " + kind + "-----\n";
    }
}
