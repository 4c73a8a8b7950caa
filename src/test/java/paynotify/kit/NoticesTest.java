package paynotify.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kit signs as those did who made the vectors: from their fields it makes their very bytes. */
class NoticesTest {
    private static final Path VECTORS = Path.of("src/test/resources/vectors");

    @ParameterizedTest
    @ValueSource(strings = {"ccb-server", "ccb-page", "ccb-fail", "ccb-emptyaccdate", "ccb-usrmsg"})
    void ccb_ofAVectorsParameters_isTheVector(String folder) throws IOException {
        String query = read(folder, "query.txt");
        CcbCallback callback = CcbCallback.empty();
        for (String pair : query.substring(0, query.indexOf("&SIGN=")).split("&")) {
            callback.written(pair, "", pair);
        }
        assertEquals(query, callback.query());
    }

    @ParameterizedTest
    @ValueSource(strings = {"allinpay-md5", "allinpay-processing", "allinpay-rsa", "allinpay-rsa-newfield"})
    void allinpay_ofAVectorsFields_isTheVector(String folder) throws IOException {
        String body = read(folder, "body.form");
        AllinpayCallback callback = AllinpayCallback.empty();
        for (String pair : body.substring(0, body.indexOf("&sign=")).split("&")) {
            String[] parts = pair.split("=", 2);
            callback.with(parts[0], URLDecoder.decode(parts[1], StandardCharsets.UTF_8));
        }
        if (folder.contains("rsa")) {
            callback.rsaWithoutSaying();
        }
        assertEquals(body, callback.body());
        assertEquals(read(folder, "string_to_sign.txt"), callback.textToSign());
    }

    @Test
    void lakala_ofTheVectorsTime_hasItsHeader() throws IOException {
        String body = read("lakala", "body.json");
        LakalaCallback callback = LakalaCallback.empty().timestamp(1_748_750_406);
        for (String member : body.substring(2, body.length() - 2).split("\",\"")) {
            String[] parts = member.split("\":\"", 2);
            callback.with(parts[0], parts[1]);
        }
        assertEquals(body, callback.body());
        assertEquals(read("lakala", "authorization.txt"), callback.authorization());
    }

    private static String read(String folder, String file) throws IOException {
        return Files.readString(VECTORS.resolve(folder).resolve(file));
    }
}
