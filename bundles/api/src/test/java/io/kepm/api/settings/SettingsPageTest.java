package io.kepm.api.settings;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * The reference page says what the declarations say. With {@code -Dkepm.page.write=true} its tables
 * are written anew.
 */
class SettingsPageTest {

    private static final Path PAGE = Path.of("../../docs/settings.md");
    private static final String MARK = "<!-- generated: settings -->\n";

    @Test
    void the_tables_are_those_of_the_declarations() throws IOException {
        String page = Files.readString(PAGE);
        int start = page.indexOf(MARK) + MARK.length();
        String now =
                page.substring(0, start) + tables() + page.substring(page.indexOf("<!-- end -->"));
        if (Boolean.getBoolean("kepm.page.write")) {
            Files.writeString(PAGE, now);
        } else {
            assertThat(page).as("write it anew: see its head").isEqualTo(now);
        }
    }

    @Test
    void every_setting_has_a_name_of_its_own_and_says_what_it_does() {
        assertThat(CoreSettings.all().stream().map(setting -> setting.name().toString()))
                .doesNotHaveDuplicates();
        assertThat(CoreSettings.all())
                .allMatch(setting -> !setting.sentence().isBlank())
                .allMatch(setting -> SettingName.PARTS.contains(setting.name().plugin()))
                .allMatch(
                        setting ->
                                setting.reader()
                                        .apply(json(setting.defaultValue()))
                                        .equals(setting.defaultValue()));
    }

    @Test
    void a_setting_that_says_nothing_else_is_set_in_the_file_alone() {
        assertThat(Setting.flag("Settings/x", true, "x").reach()).isEqualTo(Setting.Reach.FILE);
    }

    private static Object json(Object value) {
        return value instanceof Integer number ? (Object) number.longValue() : value;
    }

    private static String tables() {
        StringBuilder out = new StringBuilder();
        for (String part : SettingName.PARTS) {
            out.append("\n## ").append(part).append("\n\n");
            out.append(
                            "| Setting | In the file | Allowed | Built in | May be set in | Takes effect")
                    .append(" | Says |\n|---|---|---|---|---|---|---|\n");
            CoreSettings.all().stream()
                    .filter(setting -> setting.name().plugin().equals(part))
                    .forEach(setting -> out.append(row(setting)));
        }
        return out.append('\n').toString();
    }

    private static String row(Setting<?> setting) {
        String unit = setting.unit().isEmpty() ? "" : " " + setting.unit();
        return "| "
                + String.join(
                        " | ",
                        List.of(
                                code(setting.name().name()),
                                code(setting.key()),
                                cell(setting.type() + ": " + setting.allowed() + unit),
                                code(String.valueOf(setting.defaultValue())),
                                setting.reach().from(),
                                setting.reach().when(),
                                cell(setting.sentence())))
                + " |\n";
    }

    private static String code(String text) {
        return text.isEmpty() ? "" : "`" + text + "`";
    }

    private static String cell(String text) {
        return text.replace("|", "\\|");
    }
}
