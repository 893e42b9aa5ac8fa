package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class OfferedVariablesTest {

    @Test
    void ab_07_the_client_offers_every_variable_that_a_policy_can_keep_and_no_other()
            throws Exception {
        String client = Files.readString(Path.of("../../native/client/talk.c"));
        int from = client.indexOf("offered[] = {");
        Matcher names =
                Pattern.compile("\"([A-Z_]+)\"")
                        .matcher(client.substring(from, client.indexOf("};", from)));
        TreeSet<String> offered = new TreeSet<>();
        while (names.find()) {
            offered.add(names.group(1));
        }
        assertThat(offered).isEqualTo(new TreeSet<>(ExtensionParser.SAFE_ENVIRONMENT));
    }
}
