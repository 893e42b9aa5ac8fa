package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.json.FakeBodies;
import org.junit.jupiter.api.Test;

class JsonTextTest {

    @Test
    void ab_47_what_two_readers_could_take_differently_or_costs_too_much_is_unreadable() {
        FakeBodies.unreadable()
                .forEach(
                        (name, body) ->
                                assertThatThrownBy(() -> JsonText.read(body))
                                        .as(name)
                                        .isInstanceOf(JsonText.Unreadable.class)
                                        .message()
                                        .hasSizeLessThan(200));
    }

    @Test
    void what_just_fits_is_read() throws Exception {
        for (var body : FakeBodies.readable().entrySet()) {
            assertThat(JsonText.read(body.getValue())).as(body.getKey()).isNotNull();
        }
    }
}
