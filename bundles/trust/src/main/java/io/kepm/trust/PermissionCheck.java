package io.kepm.trust;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.FileTrust.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The health of the places that the agent loads from. {@link #look} judges them and is called now
 * and then by one thread; {@link #check} only tells what the last look found.
 */
final class PermissionCheck implements HealthCheck {

    private static final Logger LOG = LoggerFactory.getLogger(PermissionCheck.class);
    private static final int SHOWN = 5;

    /** Of one place, for one look. */
    private static final int MOST_FOLDERS = 5_000;

    /** Records of one look; what is more is recorded by the next ones. */
    private static final int MOST_RECORDS = 20;

    private final FileTrust files;
    private final Places places;
    private final AuditLog audit;
    private volatile Map<Path, Violation> last = Map.of();

    /** What is on record as open to others; for the one thread that looks. */
    private final Map<Path, Violation> recorded = new LinkedHashMap<>();

    PermissionCheck(FileTrust files, Places places, AuditLog audit) {
        this.files = files;
        this.places = places;
        this.audit = audit;
    }

    @Override
    public String name() {
        return "file permissions";
    }

    @Override
    public Health check() {
        Map<Path, Violation> found = last;
        if (found.isEmpty()) {
            return Health.healthy("only root can change what the agent loads");
        }
        List<Violation> shown = found.values().stream().limit(SHOWN).toList();
        String more = found.size() > SHOWN ? ", and " + (found.size() - SHOWN) + " more" : "";
        return Health.unhealthy(
                shown.stream().map(Violation::detail).collect(Collectors.joining(", ")) + more,
                shown.stream().map(Violation::repair).collect(Collectors.joining("; ")));
    }

    /**
     * Judges every place; what was not there at the last look is logged once, and put on record, as
     * is what was repaired since.
     */
    void look() {
        Map<Path, Violation> found = new LinkedHashMap<>();
        for (Path place : places.trusted()) {
            files.check(place).forEach(each -> found.putIfAbsent(each.path(), each));
        }
        for (Path place : places.deep()) {
            Tree tree = Tree.of(place, MOST_FOLDERS);
            for (Path folder : tree.folders()) {
                files.check(folder).forEach(each -> found.putIfAbsent(each.path(), each));
            }
            tree.unseen().forEach(each -> found.putIfAbsent(each.path(), each));
        }
        for (Path place : places.closed()) {
            openToEveryone(place).ifPresent(each -> found.putIfAbsent(place, each));
        }
        Map<Path, Violation> before = last;
        found.forEach(
                (path, violation) -> {
                    if (!before.containsKey(path)) {
                        LOG.error("{}: repair it with {}", violation.detail(), violation.repair());
                    }
                });
        last = Collections.unmodifiableMap(found);
        record(found);
    }

    private void record(Map<Path, Violation> found) {
        Map<Path, AuditDraft> due = new LinkedHashMap<>();
        found.forEach(
                (path, violation) -> {
                    if (!recorded.containsKey(path)) {
                        due.put(
                                path,
                                draft(path, "UNSAFE")
                                        .reason(violation.detail())
                                        .detail("repair", violation.repair())
                                        .build());
                    }
                });
        for (Path path : recorded.keySet()) {
            if (!found.containsKey(path)) {
                due.put(path, draft(path, "SAFE").reason("only root can change it again").build());
            }
        }
        try {
            for (Path path : due.keySet().stream().limit(MOST_RECORDS).toList()) {
                audit.append(Objects.requireNonNull(due.get(path)));
                if (recorded.remove(path) == null) {
                    recorded.put(path, Objects.requireNonNull(found.get(path)));
                }
            }
        } catch (StorageException e) {
            LOG.error("not on record yet, the next look tries again: {}", e.getMessage());
        }
    }

    private static AuditDraft.Builder draft(Path path, String outcome) {
        return AuditDraft.of(AuditType.CONFIGURATION_CHANGED, outcome)
                .sessionType("system")
                .target(new AuditDraft.TargetInfo(path.toString(), List.of(), "", "", ""));
    }

    private static Optional<Violation> openToEveryone(Path place) {
        try {
            return FileStatus.of(place)
                    .filter(FileStatus::isOpenToEveryone)
                    .map(
                            status ->
                                    new Violation(
                                            place,
                                            "`"
                                                    + place
                                                    + "` mode "
                                                    + status.octal()
                                                    + " lets users in",
                                            "chmod o-rwx " + Shell.quoted(place)));
        } catch (IOException e) {
            return Optional.of(
                    new Violation(
                            place,
                            "`" + place + "` cannot be judged: " + e.getMessage(),
                            "ls -ld " + Shell.quoted(place)));
        }
    }
}
