package io.kepm.policy;

import java.nio.charset.StandardCharsets;
import java.util.List;

/**
 * Checks the text of a policy that is no file yet, as the loader would. For plain Java, outside of
 * OSGi too. Safe for use by many threads.
 */
public final class DraftCheck {

    private DraftCheck() {}

    /** What the loader would refuse in this JSON; empty when nothing. */
    public static List<Fault> faults(String text) {
        Faults faults = new Faults();
        PolicyLoader.documents(
                List.of(new PolicyText("", text.getBytes(StandardCharsets.UTF_8))), faults);
        return faults.list();
    }
}
