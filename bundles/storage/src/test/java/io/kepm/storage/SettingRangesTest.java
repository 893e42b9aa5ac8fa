package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Setting;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Of every setting there is: what is out of its range, and how it is called when mistyped. */
class SettingRangesTest {

    /** Texts that may be anything; what they name is judged where it is used. */
    private static final List<String> ANY_TEXT =
            List.of(
                    "Settings/Certificate/Credential",
                    "Settings/PluginPath",
                    "Settings/Storage/Pkcs11/Token",
                    "Settings/Storage/Pkcs11/Key");

    static Stream<Setting<?>> all() {
        return CoreSettings.all().stream();
    }

    private static List<String> faults(String key, Object value) {
        FaultySettings refused =
                catchThrowableOfType(
                        FaultySettings.class, () -> SettingsCheck.check(Map.of(key, value)));
        return refused == null ? List.of() : refused.faults();
    }

    /** Values of the right kind which are not allowed. */
    private static List<Object> outside(Setting<?> setting) {
        List<Object> values = new ArrayList<>();
        switch (setting.type()) {
            case "integer" -> {
                String[] ends = setting.allowed().split(" to ");
                values.add(Long.parseLong(ends[0]) - 1);
                values.add(Long.parseLong(ends[1]) + 1);
                values.add(Long.MIN_VALUE);
                values.add(Long.MAX_VALUE);
            }
            case "list of texts" -> values.add(List.of("a", 1L));
            case "list of objects" -> values.add(List.of(Map.of("nothing", "x")));
            case "text" -> {
                if (!ANY_TEXT.contains(setting.key())) {
                    values.add("../no such thing");
                }
            }
            default -> values.add("true");
        }
        return values;
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_setting_refuses_what_is_out_of_its_range_and_what_is_of_another_kind(
            Setting<?> setting) {
        if (setting.equals(CoreSettings.CERT_PASSWORD)) {
            return; // Whatever is in it is ignored, with a remark: see SettingsCheckTest.
        }
        List<Object> values = outside(setting);
        values.add(Map.of("a", "b"));
        values.add(1.5);
        for (Object value : values) {
            assertThat(faults(setting.key(), value))
                    .as(setting.key() + " = " + value)
                    .anyMatch(fault -> fault.startsWith(setting.key() + ": "));
        }
    }

    @ParameterizedTest
    @MethodSource("all")
    void every_setting_takes_its_default_and_both_ends_of_its_range(Setting<?> setting) {
        assertThat(faults(setting.key(), untyped(setting.defaultValue()))).isEmpty();
        if (setting.type().equals("integer")) {
            for (String end : setting.allowed().split(" to ")) {
                assertThat(faults(setting.key(), Long.parseLong(end))).isEmpty();
            }
        }
    }

    /** As JSON has it. */
    private static Object untyped(Object value) {
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }

    @ParameterizedTest
    @MethodSource("all")
    void of_every_setting_a_mistyped_name_is_told_with_the_right_one(Setting<?> setting) {
        String key = setting.key();
        for (String typed :
                List.of(
                        key.substring(0, key.length() - 1) + "x",
                        key + "s",
                        key.substring(0, key.length() - 2) + key.substring(key.length() - 1))) {
            assertThat(faults(typed, "x"))
                    .containsExactly(typed + ": unknown setting: did you mean `" + key + "`?");
        }
    }

    @Test
    void all_of_them_at_once_are_told_each_by_its_name() {
        Map<String, Object> wrong = new LinkedHashMap<>();
        all().filter(setting -> !outside(setting).isEmpty())
                .filter(setting -> !setting.equals(CoreSettings.CERT_PASSWORD))
                .forEach(setting -> wrong.put(setting.key(), outside(setting).get(0)));
        FaultySettings refused =
                catchThrowableOfType(FaultySettings.class, () -> SettingsCheck.check(wrong));
        wrong.keySet()
                .forEach(
                        key ->
                                assertThat(refused.faults())
                                        .anyMatch(fault -> fault.startsWith(key + ": ")));
    }
}
