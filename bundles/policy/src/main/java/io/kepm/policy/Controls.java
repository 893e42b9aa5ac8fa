package io.kepm.policy;

import io.kepm.api.policy.Control;
import java.util.List;
import java.util.Set;
import java.util.stream.IntStream;

/** The controls of one policy or of several together, as bits: they are asked for very often. */
record Controls(int bits) {

    /** Each there is, by its bits: so that many policies share one. */
    private static final Controls[] EACH =
            IntStream.range(0, 1 << Control.values().length)
                    .mapToObj(Controls::new)
                    .toArray(Controls[]::new);

    static final Controls NONE = EACH[0];

    private static final List<Control> ALL = List.of(Control.values());
    private static final Controls REQUIRED =
            of(Set.copyOf(ALL.stream().filter(Control::isRequired).toList()));

    static Controls of(Set<Control> controls) {
        int bits = 0;
        for (Control control : controls) {
            bits |= bit(control);
        }
        return EACH[bits];
    }

    private static int bit(Control control) {
        return switch (control) {
            case ALLOW -> 1;
            case DENY -> 2;
            case MFA -> 4;
            case JUSTIFY -> 8;
            case OPERATORAPPROVAL -> 16;
            case APPROVAL -> 32;
            case NOTIFY -> 64;
            case AUDIT -> 128;
            case RECORD -> 256;
        };
    }

    boolean has(Control control) {
        return (bits & bit(control)) != 0;
    }

    boolean isEmpty() {
        return bits == 0;
    }

    /** Whether a person has to do something first. */
    boolean ask() {
        return (bits & REQUIRED.bits) != 0;
    }

    Controls and(Controls others) {
        int all = bits | others.bits;
        return EACH[all];
    }

    /** Their names, in the order of their declaration. */
    List<String> names() {
        return ALL.stream().filter(this::has).map(Enum::name).toList();
    }
}
