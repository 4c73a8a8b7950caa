package paynotify;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import paynotify.kit.Http;
import paynotify.kit.OnBothTomcats;
import paynotify.kit.Shop;
import paynotify.kit.TomcatVersion;

/** Whole callbacks that others have signed, byte for byte. */
@OnBothTomcats
class V2VectorsIT {
    private static final Path VECTORS = Path.of("src/test/resources/vectors");

    private final Shop shop;

    V2VectorsIT(TomcatVersion version) {
        shop = Shop.shared(version);
    }

    @ParameterizedTest
    @CsvSource({
        "v2-pay-md5, ORD20250601120000001, APPLIED, oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "v2-pay-md5-sp-coupon, ORD20250601120000001, APPLIED, oSub8uMuAJO_M2pxb1Q9zNjWeS6o",
        "v2-pay-hmac-nosigntype, ORD20250601120000002, APPLIED, oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "v2-pay-hmac-signtype, ORD20250601120000003, APPLIED, oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
        "v2-pay-md5-tampered, ORD20250601120000001, BAD_SIGNATURE,",
        "v2-pay-fail-result, ORD20250601120000004, NOT_PAID,",
        "v2-pay-return-fail, ORD20250601120000001, BAD_SIGNATURE,",
        "v2-pay-xxe, ORD20250601120000001, MALFORMED,"
    })
    void vector_posted_getsItsOutcome(String folder, String outTradeNo, String outcome, String payer)
            throws IOException {
        shop.database().execute("delete from payment_order where out_trade_no = ?", outTradeNo);
        shop.database()
                .execute(
                        "insert into payment_order (mch_id, out_trade_no, total_fee) values (?, ?, 101)",
                        Shop.MCH_ID,
                        outTradeNo);
        byte[] body = Files.readAllBytes(VECTORS.resolve(folder).resolve("body.xml"));

        Exchange.post(shop, "wechat", body).answers(outcome).column("body", new String(body, StandardCharsets.UTF_8));

        assertEquals(
                payer == null ? "PENDING" : "PAID",
                shop.orderRow(Shop.MCH_ID, outTradeNo).get("status"));
        assertEquals(payer, shop.orderRow(Shop.MCH_ID, outTradeNo).get("payer"));
    }

    @Test
    void answers_areTheDocumentsOwn() throws IOException {
        byte[] paid = Files.readAllBytes(VECTORS.resolve("v2-pay-fail-result/body.xml"));
        assertArrayEquals(
                Files.readAllBytes(VECTORS.resolve("v2-reply/success.xml")),
                Http.post(shop.pay("wechat"), paid).body());
    }

    @Test
    void key_ofTheKit_isTheVectors() throws IOException {
        assertEquals(
                Shop.KEY,
                Files.readString(VECTORS.resolve("keys/v2_api_key.txt")).trim());
    }
}
