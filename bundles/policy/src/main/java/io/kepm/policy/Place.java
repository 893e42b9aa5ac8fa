package io.kepm.policy;

import org.jspecify.annotations.Nullable;

/**
 * Where in which file something stands; the one way to refuse it. The path to the field is put
 * together when somebody asks for it: in a file that is well nobody does.
 */
final class Place {

    private static final int SHOWN = 80;
    private static final int NO_INDEX = -1;

    private final Faults faults;
    private final String file;
    private final String policyId;
    private final @Nullable Place around;
    private final String name;
    private final int index;

    Place(Faults faults, String file, String policyId, String field) {
        this(faults, file, policyId, null, field, NO_INDEX);
    }

    private Place(
            Faults faults,
            String file,
            String policyId,
            @Nullable Place around,
            String name,
            int index) {
        this.faults = faults;
        this.file = file;
        this.policyId = policyId;
        this.around = around;
        this.name = name;
        this.index = index;
    }

    Place member(String member) {
        return new Place(faults, file, policyId, this, member, NO_INDEX);
    }

    Place item(int item) {
        return new Place(faults, file, policyId, this, "", item);
    }

    Place policy(String id) {
        return new Place(faults, file, id, around, name, index);
    }

    Faults faults() {
        return faults;
    }

    String file() {
        return file;
    }

    String policyId() {
        return policyId;
    }

    /** Such as {@code Extension.Commands[0].Args[2]}; empty for the whole. */
    String field() {
        if (around == null) {
            return name;
        }
        String before = around.field();
        if (index != NO_INDEX) {
            return before + "[" + index + "]";
        }
        return before.isEmpty() ? name : before + "." + name;
    }

    void refuse(String message) {
        faults.add(new Fault(file, policyId, field(), message));
    }

    /** A text from outside as it may stand in a message: in backticks, short, on one line. */
    static String quoted(String text) {
        StringBuilder out = new StringBuilder("`");
        text.codePoints()
                .limit(SHOWN)
                .forEach(
                        c -> {
                            if (Texts.isPrintable(c)) {
                                out.appendCodePoint(c);
                            } else {
                                out.append(String.format("\\u%04x", c));
                            }
                        });
        if (text.codePointCount(0, text.length()) > SHOWN) {
            out.append('…');
        }
        return out.append('`').toString();
    }
}
