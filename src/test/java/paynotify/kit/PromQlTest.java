package paynotify.kit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PromQlTest {
    @Test
    void metrics_areNamedWithTheirLabels() {
        assertEquals(
                Map.of("a_total", Set.of("x", "y"), "b", Set.of("x")),
                PromQl.metrics("sum by (x, instance) (rate(a_total{y=~\"p|q(\"}[5m])) / max(b{job=\"n\"}) > 3"));
        assertEquals(Map.of("up", Set.of()), PromQl.metrics("(up == 0) and on () (hour() < 14) or vector(0)"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"sum(a", "a)", "a{x=\"1}", "summ(a)", "rate(a[5x])", "a{x}", "(a]"})
    void metrics_ofWhatIsNotWellFormed_throws(String expression) {
        assertThrows(AssertionError.class, () -> PromQl.metrics(expression));
    }
}
