package io.kepm.policy;

import io.kepm.api.policy.Control;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Finds what is valid in a policy, but likely not what its author meant. */
final class Linter {

    /** Edits are judged under this name, link or not. */
    private static final String SUDOEDIT = "/usr/bin/sudoedit";

    private static final int SHA1_DIGITS = 40;

    private final Risk risk = new Risk();

    /** Looks at each policy, and at what they are to one another. */
    List<Fault> look(List<PolicyDocument> policies) {
        List<Fault> warnings = new ArrayList<>();
        policies.forEach(policy -> warnings.addAll(look(policy)));
        warnings.addAll(new Reach(policies).look());
        return warnings;
    }

    /** Looks at one policy by itself. */
    List<Fault> look(PolicyDocument policy) {
        List<Fault> warnings = new ArrayList<>();
        Place place = new Place(new Faults(), policy.file(), policy.id(), "");
        applications(policy, place, warnings);
        commands(policy, place, warnings);
        intercept(policy, place.member("Extension.Intercept"), warnings);
        filters(policy, place, warnings);
        Lockout.forATime(policy).ifPresent(text -> warn(place, text, warnings));
        if (policy.approval().stated() && !policy.controls().has(Control.APPROVAL)) {
            warn(place.member("Approval"), "has no effect without the control APPROVAL", warnings);
        }
        List<PathPrefix> folders = policy.extension().folders();
        for (int i = 0; i < folders.size(); i++) {
            if (folders.get(i).text().indexOf('*') >= 0) {
                warn(
                        place.member("Extension.Folders").item(i),
                        "`*` is no wildcard in a folder",
                        warnings);
            }
        }
        return warnings;
    }

    private static void warn(Place place, String message, List<Fault> warnings) {
        warnings.add(new Fault(place.file(), place.policyId(), place.field(), message));
    }

    private void applications(PolicyDocument policy, Place place, List<Fault> warnings) {
        List<AppEntry> entries = policy.filters().applications();
        boolean free = gives(policy) && policy.extension().commands().isEmpty();
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) instanceof AppEntry.Located located) {
                Place at = place.member(FilterParser.APPLICATIONS).item(i);
                program(located.pattern(), at, warnings);
                if (free) {
                    risk.ofAnyArguments(located.pattern())
                            .ifPresent(text -> warn(at, text, warnings));
                }
            }
        }
    }

    private void commands(PolicyDocument policy, Place place, List<Fault> warnings) {
        Place at = place.member("Extension");
        boolean noExec = policy.extension().terms().noExec();
        for (CommandRule rule : policy.extension().commands()) {
            program(rule.program(), at, warnings);
            if (gives(policy)) {
                risk.of(rule, noExec).ifPresent(text -> warn(at, text, warnings));
            }
            if (policy.denies()
                    && rule.slots().stream().anyMatch(Slot.PathUnder.class::isInstance)) {
                warn(
                        at,
                        "`PathUnder` in a DENY fits plainly written paths only: the same file by"
                                + " another spelling or through a link is not denied; allow what"
                                + " is meant instead",
                        warnings);
            }
        }
        for (CommandRule rule : policy.extension().denied()) {
            if (rule.program().isBare()) {
                warn(place.member("Extension.DenyCommands"), weak(rule.program()), warnings);
            }
        }
    }

    /** What sudo does, and only where it knows of it before it asks. */
    private static void intercept(PolicyDocument policy, Place place, List<Fault> warnings) {
        Terms terms = policy.terms();
        if (!gives(policy) || !terms.intercept()) {
            return;
        }
        if (!JudgedInside.isNamed(policy)) {
            warn(
                    place,
                    "no program is named by its whole path, so sudo can't be told to ask about"
                            + " what it starts: every request is refused",
                    warnings);
        }
        boolean inUnit =
                terms.noExec()
                        || terms.ephemeralAccount()
                        || !terms.keepEnv().isEmpty()
                        || policy.controls().has(Control.RECORD);
        if (inUnit) {
            warn(
                    place,
                    "only sudo does that, and it can't carry KeepEnv, NoExec, EphemeralAccount or"
                            + " RECORD beside it: every request is refused",
                    warnings);
        }
    }

    private static boolean gives(PolicyDocument policy) {
        return policy.type().isElevation() && !policy.denies();
    }

    private static void program(PathPattern program, Place place, List<Fault> warnings) {
        if (program.isBare()) {
            warn(place, weak(program), warnings);
        }
        program.literal()
                .filter(text -> text.startsWith("/") && !text.equals(SUDOEDIT))
                .ifPresent(text -> link(text, place, warnings));
    }

    private static String weak(PathPattern program) {
        return "`"
                + program.text()
                + "` compares the name only, and a name is easily given: write the whole path";
    }

    private static void link(String text, Place place, List<Fault> warnings) {
        try {
            Path path = Path.of(text);
            if (Files.exists(path) && !path.toRealPath().equals(path)) {
                warn(
                        place,
                        "a link leads to `" + path.toRealPath() + "` on this machine",
                        warnings);
            }
        } catch (IOException e) {
            // Not there, or not readable by whoever runs the check: nothing to say about it.
        }
    }

    /** What runs here is known by the SHA-256 of its signer alone. */
    private static void thumbprints(PolicyDocument policy, Place place, List<Fault> warnings) {
        List<String> listed = policy.filters().certificates();
        boolean counts = policy.type().isElevation() && policy.type().honoursCertificates();
        for (int i = 0; counts && i < listed.size(); i++) {
            if (Texts.isHex(listed.get(i), SHA1_DIGITS)) {
                warn(
                        place.member(FilterParser.CERTIFICATES).item(i),
                        "a SHA-1 thumbprint is not known at sudo, where an allow by it gives"
                                + " nothing and a DENY takes every signer: list the SHA-256 of the"
                                + " certificate",
                        warnings);
            }
        }
    }

    private static void filters(PolicyDocument policy, Place place, List<Fault> warnings) {
        Filters filters = policy.filters();
        boolean midnight = filters.times().stream().anyMatch(TimeRange::crossesMidnight);
        if (midnight) {
            warn(
                    place.member(FilterParser.TIMES),
                    "goes past midnight, but each filter is judged by itself: the hours after"
                            + " midnight belong to the next day"
                            + (filters.days().isEmpty() ? "" : ", which DayCheck has to list too"),
                    warnings);
        }
        thumbprints(policy, place, warnings);
        List<UserEntry> users = filters.users();
        for (int i = 0; i < users.size(); i++) {
            boolean never =
                    users.get(i) instanceof UserEntry.Name name
                            && !NameSyntax.isUserName(name.name());
            if (never) {
                warn(
                        place.member(FilterParser.USERS).item(i),
                        "no user can have this name",
                        warnings);
            }
        }
    }
}
