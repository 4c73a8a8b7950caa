package paynotify.store;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import paynotify.sender.Callback;
import paynotify.sender.NothingToBook;
import paynotify.sender.Outcome;
import paynotify.sender.Reading;
import paynotify.store.CallbackQueue.Waiting;

class SettledGroupTest {
    private final List<Waiting> callbacks = new ArrayList<>();

    private SettledGroup group(@Nullable String... details) {
        List<@Nullable List<Decision>> decisions = new ArrayList<>();
        for (String detail : details) {
            Callback callback = new Callback("a", new byte[0], false, name -> null, null, Instant.EPOCH, 0, 0);
            callbacks.add(new Waiting(
                    new Reading(callback, "wechat-v2", null, NothingToBook.unverified(Outcome.BAD_SIGNATURE, "no")),
                    0));
            decisions.add(detail == null ? null : List.of(new Decision(Outcome.BAD_SIGNATURE, detail)));
        }
        return new SettledGroup(callbacks, decisions);
    }

    private List<Boolean> told() {
        return callbacks.stream().map(each -> each.decisions.isDone()).toList();
    }

    @Test
    void tell_some_eachTellsTheNextWhenHeGoesOn() {
        group("0", "1", "2", "3").tell(2);
        assertEquals(List.of(true, true, false, false), told());
        callbacks.get(1).goOn();
        assertEquals(List.of(true, true, true, false), told());
        callbacks.get(0).goOn();
        callbacks.get(2).goOn();
        callbacks.get(3).goOn();
        assertEquals(List.of(true, true, true, true), told());
    }

    @Test
    void tell_someHaveLeft_whoWaitsIsTold() {
        SettledGroup group = group("0", "1", "2", "3", "4");
        callbacks.get(0).goOn();
        callbacks.get(2).goOn();
        group.tell(1);
        assertEquals(List.of(true, true, false, false, false), told());
        callbacks.get(1).goOn();
        assertEquals(List.of(true, true, true, true, false), told());
    }

    @Test
    void tell_moreThanThereAre_eachHearsHisOwn() {
        group("0", null, "2").tell(8);
        assertEquals(
                Arrays.asList("0", null, "2"),
                callbacks.stream()
                        .map(each -> each.decisions.join())
                        .map(decided -> decided == null ? null : decided.get(0).detail())
                        .toList());
    }

    @Test
    void goOn_notToldYet_tellsNobody() {
        group("0", "1");
        callbacks.get(0).goOn();
        assertEquals(List.of(false, false), told());
    }
}
