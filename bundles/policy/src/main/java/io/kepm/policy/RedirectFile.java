package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.PolicyEngine.Redirect;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The redirect rules of {@code Plugins/RedirectEvaluator.json}, read again when the file changes.
 * Without the file there are none. When it is wrong, the last good rules stay; when there never
 * were good ones, every command that was allowed is held back: what has to be replaced must not
 * run.
 */
final class RedirectFile {

    private static final Logger LOG = LoggerFactory.getLogger(RedirectFile.class);
    private static final Object ABSENT = "absent";
    private static final Object UNREAD = "";

    private final Path file;
    private final FileTrust trust;
    private final Set<String> adminGroups;
    private volatile State state = new State(UNREAD, Optional.empty(), "");

    /**
     * What is known of the file.
     *
     * @param print changes with it
     * @param fault why it was refused; empty when it was not
     */
    private record State(Object print, Optional<RedirectRules> rules, String fault) {}

    RedirectFile(Path file, FileTrust trust, Set<String> adminGroups) {
        this.file = file;
        this.trust = trust;
        this.adminGroups = adminGroups;
    }

    /** Reads it when it changed. */
    synchronized void look() {
        Object print = print();
        if (!print.equals(state.print())) {
            read(print);
        }
    }

    /** Reads it now; why it was refused, or empty. */
    synchronized String again() {
        read(print());
        return state.fault();
    }

    private void read(Object print) {
        State before = state;
        if (print.equals(ABSENT)) {
            state = new State(print, Optional.of(RedirectRules.NONE), "");
            return;
        }
        Faults faults = new Faults();
        RedirectRules rules = read(faults);
        if (faults.isEmpty()) {
            state = new State(print, Optional.of(rules), "");
            return;
        }
        String fault = faults.list().stream().map(Fault::text).collect(Collectors.joining("; "));
        LOG.error("the redirect rules were refused: {}", fault);
        state = new State(print, before.rules(), fault);
    }

    private RedirectRules read(Faults faults) {
        Place place = new Place(faults, file.getFileName().toString(), "", "");
        List<FileTrust.Violation> violations = trust.check(file);
        if (!violations.isEmpty()) {
            place.refuse(violations.get(0).detail());
            return RedirectRules.NONE;
        }
        // Judged before it is opened: a pipe would be waited for.
        if (!Files.isRegularFile(file)) {
            place.refuse("not a regular file");
            return RedirectRules.NONE;
        }
        try {
            return RedirectRules.parse(Files.readAllBytes(file), place);
        } catch (IOException e) {
            place.refuse("cannot be read: " + e);
            return RedirectRules.NONE;
        }
    }

    private Object print() {
        try {
            return Files.readAttributes(file, "unix:ino,size,ctime,lastModifiedTime,mode,uid");
        } catch (java.nio.file.NoSuchFileException e) {
            return ABSENT;
        } catch (IOException e) {
            return e.toString();
        }
    }

    Optional<Redirect> of(EvaluationRequest request) {
        State now = state;
        if (now.rules().isEmpty()) {
            String fault = now.fault().isEmpty() ? "they were not read yet" : now.fault();
            return Optional.of(new Redirect("", "", fault));
        }
        boolean administrator =
                request.user().uid() == 0
                        || request.user().groups().stream().anyMatch(adminGroups::contains);
        return now.rules().get().of(request, administrator);
    }

    /** Why the file that lies there is not in force; empty when it is. */
    String fault() {
        return state.fault();
    }
}
