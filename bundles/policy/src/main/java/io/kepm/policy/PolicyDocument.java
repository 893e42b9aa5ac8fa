package io.kepm.policy;

import io.kepm.api.policy.Control;
import io.kepm.api.policy.PolicyRef;
import java.util.List;
import java.util.OptionalInt;

/**
 * One policy, parsed and checked; immutable.
 *
 * @param notice the message for the user; may be empty
 * @param acknowledge whether the user has to confirm the notice
 * @param risk empty when the policy says that there is none
 * @param file name of the file it came from
 */
record PolicyDocument(
        PolicyRef ref,
        PolicyType type,
        PolicyStatus status,
        Controls controls,
        Terms terms,
        String notice,
        boolean acknowledge,
        OptionalInt risk,
        Filters filters,
        Extension extension,
        ApprovalTerms approval,
        String file) {

    String id() {
        return ref.id();
    }

    /** Whether a control rules everything out that it matches. */
    boolean denies() {
        return controls.has(Control.DENY);
    }

    /** Whether a person has to do something first. */
    boolean asks() {
        return controls.ask();
    }

    /** Whether it names denied commands and gives nothing itself: then it matches only those. */
    boolean onlyDeniedCommands() {
        return !extension.denied().isEmpty() && !controls.has(Control.ALLOW) && !asks();
    }

    /** Whether more follows from it than a plain allow: a control, or a limit to what is given. */
    boolean binds() {
        return denies() || asks() || controls.has(Control.RECORD) || terms.limit();
    }

    /** Whether it is about files of some signers only. */
    boolean limitsSigners() {
        List<String> listed = filters.certificates();
        return type.honoursCertificates() && !listed.isEmpty() && !listed.contains("*");
    }

    /** Whether it can only take away: then what is not known about a request counts as met. */
    boolean onlyRefuses() {
        return denies() || onlyDeniedCommands();
    }

    /** Whether, matched, it would be an allow without anything to be done first. */
    boolean opens() {
        return !denies() && !asks() && !onlyDeniedCommands();
    }
}
