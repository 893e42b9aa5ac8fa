package io.kepm.sudo;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditDraft.TargetInfo;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Puts the drop-in of governed users in place and takes it away. It is recorded before it appears;
 * it goes before that is recorded.
 */
final class DropInKeeper {

    private static final Logger LOG = LoggerFactory.getLogger(DropInKeeper.class);

    private final SudoersFolder sudoers;
    private final Places places;
    private final TracedPrograms traced;
    private final AuditLog audit;

    DropInKeeper(SudoersFolder sudoers, Places places, TracedPrograms traced, AuditLog audit) {
        this.sudoers = sudoers;
        this.places = places;
        this.traced = traced;
        this.audit = audit;
    }

    /** The state to show, which is worse than what was found when it could not be acted on. */
    Health apply(Finding finding, boolean unchangedSinceProof) {
        try {
            if (sudoers.isSetAside()) {
                return setAside();
            }
            if (finding instanceof Finding.Proved) {
                return putInPlace(finding.health());
            }
            if (finding instanceof Finding.Unproved && unchangedSinceProof) {
                return with(
                        finding.health(), "the drop-in stays: nothing changed since it was proved");
            }
            if (sudoers.hasFileOf(DropIn.GOVERNED)) {
                takeAway(finding.health().detail());
            }
            return with(finding.health(), "the drop-in is not active");
        } catch (IOException e) {
            LOG.error("the sudoers drop-in could not be changed", e);
            return Health.unhealthy(
                    finding.health().detail() + "; the drop-in can't be changed: " + e.getMessage(),
                    "check " + places.sudoersFolder() + " with visudo -c");
        } catch (StorageException e) {
            LOG.error("a change of the sudoers drop-in could not be recorded", e);
            return Health.unhealthy(
                    finding.health().detail() + "; no record can be written: " + e.getMessage(),
                    "check the store");
        }
    }

    /** Whatever is proved: root at the console says when that is over. */
    private Health setAside() throws IOException, StorageException {
        String why = "KEPM is set aside by `kepm break-glass`";
        if (sudoers.hasFileOf(DropIn.GOVERNED)) {
            takeAway(why);
        }
        return Health.unhealthy(
                why + "; the drop-in is not active",
                "end it by `kepm break-glass --over -m \"…\"`");
    }

    private Health putInPlace(Health found) throws IOException, StorageException {
        List<String> programs = traced.now();
        DropIn wanted = DropIn.governed(programs);
        try {
            replace(wanted, found.detail());
        } catch (IOException e) {
            if (programs.isEmpty()) {
                throw e;
            }
            return putInPlaceUntraced(found, programs, e);
        }
        return with(
                found,
                programs.isEmpty()
                        ? "the drop-in is active"
                        : "the drop-in is active; what these start is judged too: "
                                + String.join(", ", programs));
    }

    /**
     * Who may use sudo keeps it; what asks for the trace is refused, since the plugin sees none.
     */
    private Health putInPlaceUntraced(Health found, List<String> programs, IOException fault)
            throws IOException, StorageException {
        LOG.error("sudo can't be made to trace {}", programs, fault);
        String why =
                "sudo does not ask about what these start: "
                        + String.join(", ", programs)
                        + ": "
                        + fault.getMessage();
        replace(DropIn.GOVERNED, why);
        return Health.degraded(
                found.detail() + "; the drop-in is active without Intercept; " + why,
                "commands with Intercept are refused: put right what visudo finds fault with");
    }

    private void replace(DropIn wanted, String why) throws IOException, StorageException {
        if (sudoers.holds(wanted)) {
            return;
        }
        boolean before = sudoers.hasFileOf(wanted);
        record("DROP_IN_WRITTEN", why);
        try {
            sudoers.write(wanted);
        } catch (IOException e) {
            // INVARIANT: the last record says what is there.
            boolean gone = before && !sudoers.hasFileOf(wanted);
            record(gone ? "DROP_IN_REMOVED" : "DROP_IN_NOT_WRITTEN", e.toString());
            throw e;
        }
        LOG.info("governed users can use sudo: {}", why);
    }

    private void takeAway(String why) throws IOException, StorageException {
        sudoers.remove(DropIn.GOVERNED);
        LOG.error("governed users can't use sudo any more: {}", why);
        record("DROP_IN_REMOVED", why);
    }

    private void record(String outcome, String why) throws StorageException {
        String file = places.sudoersFolder().resolve(DropIn.GOVERNED.name()).toString();
        audit.append(
                AuditDraft.of(AuditType.CONFIGURATION_CHANGED, outcome)
                        .sessionType("system")
                        .target(new TargetInfo(file, List.of(), "", "", ""))
                        .reason(why)
                        .build());
    }

    /** What policy wants to be traced: another one calls for another drop-in. */
    List<String> wanted() {
        return traced.now();
    }

    /** Once in the life of an installation; afterwards it is the site's file. */
    void writeBreakGlassOnce() {
        Path mark = places.breakGlassMark();
        if (Files.exists(mark)) {
            return;
        }
        try {
            if (!sudoers.hasFileOf(DropIn.BREAK_GLASS)) {
                sudoers.write(DropIn.BREAK_GLASS);
            }
            Files.writeString(mark, "");
        } catch (IOException e) {
            LOG.warn("the break-glass rule could not be written: {}", e.getMessage());
        }
    }

    private static Health with(Health health, String more) {
        return new Health(health.level(), health.detail() + "; " + more, health.advice());
    }
}
