package paynotify.event;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.JsonRecyclerPools;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.jspecify.annotations.Nullable;
import paynotify.store.EventQueue.Due;

/**
 * An event as JSON: {@code {"type", "timestamp", "data"}}, as Standard Webhooks recommends it, with the columns of
 * {@code payment_event} that say what has happened, and not those that say whether it is delivered: the body is the same
 * for each try. What is null is left out.
 */
final class EventBody {
    private static final JsonFactory JSON = new JsonFactoryBuilder()
            .recyclerPool(JsonRecyclerPools.nonRecyclingPool())
            .build();

    private EventBody() {}

    static byte[] of(Due event) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        try (JsonGenerator json = JSON.createGenerator(body)) {
            json.writeStartObject();
            json.writeStringField("type", event.type());
            json.writeStringField("timestamp", event.occurredAt().toString());
            json.writeObjectFieldStart("data");
            json.writeNumberField("id", event.id());
            text(json, "account", event.account());
            text(json, "mch_id", event.mchId());
            text(json, "sub_mch_id", event.subMchId());
            text(json, "out_trade_no", event.outTradeNo());
            text(json, "out_refund_no", event.outRefundNo());
            text(json, "transaction_id", event.transactionId());
            text(json, "refund_id", event.refundId());
            if (event.totalFee() != null) {
                json.writeNumberField("total_fee", event.totalFee());
            }
            text(json, "currency", event.currency());
            text(json, "payer", event.payer());
            text(json, "outcome", event.outcome());
            text(json, "detail", event.detail());
            text(json, "occurred_at", event.occurredAt().toString());
            text(json, "created_at", event.createdAt().toString());
            json.writeEndObject();
            json.writeEndObject();
        } catch (IOException e) {
            // Nothing of it leaves the memory.
            throw new UncheckedIOException(e);
        }
        return body.toByteArray();
    }

    private static void text(JsonGenerator json, String name, @Nullable String value) throws IOException {
        if (value != null) {
            json.writeStringField(name, value);
        }
    }
}
