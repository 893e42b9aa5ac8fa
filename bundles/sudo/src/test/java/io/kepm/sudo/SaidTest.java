package io.kepm.sudo;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.text.Catalogue;
import java.io.IOException;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class SaidTest {

    private static final Pattern KEY = Pattern.compile("\"(door(?:\\.[a-z_]+)+)\"");

    private final Catalogue catalogue = new Catalogue("io.kepm.sudo");

    @Test
    void every_sentence_that_the_doors_name_is_there_and_no_other() throws IOException {
        assertThat(catalogue.named(KEY)).isEqualTo(catalogue.keys());
    }

    @Test
    void the_doors_speak_from_the_catalogue_alone() throws IOException {
        Set<String> past =
                catalogue.spokenPast(
                        Pattern.compile("LOG\\.|Exception\\(|ownRight\\(|noted\\("), Set.of());
        Set<String> ofDoors = new TreeSet<>(past);
        ofDoors.removeIf(
                text ->
                        !text.matches(
                                "(SudoDoor|RunDoor|RunAsker|SudoConversation|Answer)\\.java.*"));
        assertThat(past).isNotEmpty();
        assertThat(ofDoors).isEmpty();
    }
}
