package io.kepm.policy;

import io.kepm.api.policy.Control;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Finds what is valid in a policy, but likely not what its author meant. */
final class Linter {

    /** Edits are judged under this name, link or not. */
    private static final String SUDOEDIT = "/usr/bin/sudoedit";

    private final Set<String> risky;

    Linter() {
        risky = risky();
    }

    private static Set<String> risky() {
        try (InputStream in = Linter.class.getResourceAsStream("risky-programs.txt")) {
            if (in == null) {
                throw new IllegalStateException("risky-programs.txt is missing from this jar");
            }
            BufferedReader reader =
                    new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
            return reader.lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .collect(Collectors.toUnmodifiableSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Fault> look(PolicyDocument policy) {
        List<Fault> warnings = new ArrayList<>();
        Place place = new Place(new Faults(), policy.file(), policy.id(), "");
        applications(policy, place, warnings);
        commands(policy, place, warnings);
        filters(policy, place, warnings);
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
        boolean free = policy.extension().commands().isEmpty();
        for (int i = 0; i < entries.size(); i++) {
            if (entries.get(i) instanceof AppEntry.Located located) {
                Place at = place.member(FilterParser.APPLICATIONS).item(i);
                program(located.pattern(), policy, free, at, warnings);
            }
        }
    }

    private void commands(PolicyDocument policy, Place place, List<Fault> warnings) {
        List<CommandRule> rules = policy.extension().commands();
        for (int i = 0; i < rules.size(); i++) {
            CommandRule rule = rules.get(i);
            boolean free =
                    rule.open() || rule.slots().stream().anyMatch(s -> s instanceof Slot.Any);
            program(rule.program(), policy, free, place.member("Extension"), warnings);
        }
        for (CommandRule rule : policy.extension().denied()) {
            if (rule.program().isBare()) {
                warn(place.member("Extension.DenyCommands"), weak(rule.program()), warnings);
            }
        }
    }

    private void program(
            PathPattern program,
            PolicyDocument policy,
            boolean free,
            Place place,
            List<Fault> warnings) {
        if (program.isBare()) {
            warn(place, weak(program), warnings);
        }
        String name = program.text().substring(program.text().lastIndexOf('/') + 1);
        boolean gives = policy.type().isElevation() && !policy.denies();
        if (gives && free && risky.contains(plain(name))) {
            warn(
                    place,
                    "`"
                            + name
                            + "` runs or writes whatever its arguments say: name the arguments, or"
                            + " this allows everything",
                    warnings);
        }
        program.literal()
                .filter(text -> text.startsWith("/") && !text.equals(SUDOEDIT))
                .ifPresent(text -> link(text, place, warnings));
    }

    /** {@code python3.11} is {@code python3}. */
    private static String plain(String name) {
        int dot = name.indexOf('.');
        return (dot > 0 ? name.substring(0, dot) : name).toLowerCase(Locale.ROOT);
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
