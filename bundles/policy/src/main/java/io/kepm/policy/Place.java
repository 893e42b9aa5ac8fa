package io.kepm.policy;

/** Where in which file something stands; the one way to refuse it. */
record Place(Faults faults, String file, String policyId, String field) {

    private static final int SHOWN = 80;

    Place member(String name) {
        return new Place(faults, file, policyId, field.isEmpty() ? name : field + "." + name);
    }

    Place item(int index) {
        return new Place(faults, file, policyId, field + "[" + index + "]");
    }

    Place policy(String id) {
        return new Place(faults, file, id, field);
    }

    void refuse(String message) {
        faults.add(new Fault(file, policyId, field, message));
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
