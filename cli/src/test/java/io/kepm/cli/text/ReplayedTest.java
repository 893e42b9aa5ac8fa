package io.kepm.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ReplayedTest {

    private static String shown(String... pieces) {
        Replayed screen = new Replayed();
        StringBuilder out = new StringBuilder();
        for (String piece : pieces) {
            out.append(screen.of(piece));
        }
        return out.toString();
    }

    @Test
    void colours_the_cursor_and_what_is_typed_over_stay() {
        for (String text :
                new String[] {
                    "\u001b[1;31mred\u001b[0m\r\n",
                    "\u001b[2J\u001b[H\u001b[?1049h\u001b[12;40Hx\u001b[K",
                    "a\bb\tc € 🙂",
                    "\u001b7\u001b8\u001bM\u001b(B"
                }) {
            assertThat(shown(text)).isEqualTo(text);
        }
    }

    @Test
    void what_has_a_terminal_answer_or_act_goes_wherever_it_is_cut() {
        for (String text :
                new String[] {
                    "\u001b]0;title\u0007",
                    "\u001b]52;c;cm0gLXJm\u001b\\",
                    "\u001bP$q\"p\u001b\\",
                    "\u001b_app\u001b\\",
                    "\u001b^pm\u001b\\",
                    "\u001bXsos\u001b\\",
                    "\u001b[c",
                    "\u001b[6n",
                    "\u001b[21t",
                    "\u001b[!p",
                    "\u001b[?1003h",
                    "\u001b[?1004h",
                    "\u001b[2h",
                    "\u001b[?2l",
                    "\u001b[>4;2m",
                    "\u001b[1$w",
                    "\u001b[1#R",
                    "\u001b[?1;1S",
                    "\u001b(\u009b6n",
                    "\u001bZ",
                    "\u001bc",
                    "\u0005",
                    "\u0007",
                    "\u009d0;t\u009c",
                    "\u0090x\u009c",
                    "\u009b6n"
                }) {
            assertThat(shown("a" + text + "b")).as("%s", text).isEqualTo("ab");
            for (int i = 1; i < text.length(); i++) {
                assertThat(shown("a" + text.substring(0, i), text.substring(i) + "b"))
                        .as("%s at %d", text, i)
                        .isEqualTo("ab");
            }
        }
    }

    @Test
    void a_sequence_that_never_ends_holds_nothing_for_ever() {
        assertThat(shown("\u001b[" + "1".repeat(100) + "\ntext")).endsWith("text");
        assertThat(shown("\u001b\u001b[31mred")).isEqualTo("\u001b[31mred");
    }
}
