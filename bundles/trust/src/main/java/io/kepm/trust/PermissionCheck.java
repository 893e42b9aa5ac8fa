package io.kepm.trust;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.trust.FileTrust;
import io.kepm.api.trust.FileTrust.Violation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
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

    private final FileTrust files;
    private final Places places;
    private volatile Map<Path, Violation> last = Map.of();

    PermissionCheck(FileTrust files, Places places) {
        this.files = files;
        this.places = places;
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

    /** Judges every place; what was not there at the last look is logged once. */
    void look() {
        Map<Path, Violation> found = new LinkedHashMap<>();
        for (Path place : places.trusted()) {
            files.check(place).forEach(each -> found.putIfAbsent(each.path(), each));
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
