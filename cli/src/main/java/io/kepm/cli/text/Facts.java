package io.kepm.cli.text;

import java.util.ArrayList;
import java.util.List;

/**
 * Labels with their values, one below the other. Values are outside text: they are escaped here.
 */
public final class Facts {

    private record Fact(String label, String value, Tone tone) {}

    private final Screen screen;
    private final List<Fact> facts = new ArrayList<>();

    public Facts(Screen screen) {
        this.screen = screen;
    }

    /** Adds a fact; one without a value is left out. */
    public Facts add(String label, String value) {
        return add(label, value, Tone.PLAIN);
    }

    public Facts add(String label, String value, Tone tone) {
        if (!value.isEmpty()) {
            facts.add(new Fact(label, screen.escape(value), tone));
        }
        return this;
    }

    public void print(Console console) {
        int width = 0;
        for (Fact fact : facts) {
            width = Math.max(width, Width.of(fact.label()));
        }
        for (Fact fact : facts) {
            console.line(
                    "  "
                            + screen.paint(Tone.QUIET, Width.pad(fact.label(), width))
                            + "  "
                            + screen.paint(fact.tone(), fact.value()));
        }
    }
}
