package io.kepm.sudo;

import io.kepm.api.health.HealthCheck.Health;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One look at everything that has to hold before governed users may reach sudo. */
final class CanaryRound {

    private static final String REINSTALL = "run the installer of KEPM again";

    private final Places places;
    private final FileTrust trust;
    private final PamGate gate;
    private final SudoersFolder sudoers;
    private final CanaryTrial trial;
    private final EffectiveDefaults defaults;

    CanaryRound(
            Places places,
            FileTrust trust,
            PamGate gate,
            SudoersFolder sudoers,
            CanaryTrial trial,
            EffectiveDefaults defaults) {
        this.places = places;
        this.trust = trust;
        this.gate = gate;
        this.sudoers = sudoers;
        this.trial = trial;
        this.defaults = defaults;
    }

    Finding look(List<Path> programs) {
        if (programs.isEmpty()) {
            return new Finding.Unsafe(
                    Health.degraded(
                            "no sudo is on this machine",
                            "install sudo, or use: kepm run -- COMMAND"));
        }
        Optional<Finding> fault = fault();
        if (fault.isPresent()) {
            return fault.get();
        }
        try {
            sudoers.write(DropIn.CANARY);
        } catch (IOException e) {
            return new Finding.Unproved(
                    Health.degraded(
                            "the canary's rule can't be written: " + e.getMessage(),
                            "check " + places.sudoersFolder() + " with visudo -c"));
        }
        return tryAll(programs);
    }

    private Optional<Finding> fault() {
        for (Path file : List.of(places.plugin(), places.gate(), places.canary())) {
            List<FileTrust.Violation> violations = trust.check(file);
            if (!violations.isEmpty()) {
                FileTrust.Violation first = violations.get(0);
                return Optional.of(
                        new Finding.Unsafe(
                                Health.unhealthy(
                                        "`" + first.path() + "`: " + first.detail(),
                                        first.repair())));
            }
        }
        return gate.fault().map(open -> new Finding.Unsafe(Health.degraded(open, REINSTALL)));
    }

    private Finding tryAll(List<Path> programs) {
        List<String> missing = new ArrayList<>();
        for (Path program : programs) {
            Proof proof = trial.of(program);
            if (proof instanceof Proof.Broken broken) {
                return new Finding.Unsafe(
                        Health.unhealthy(
                                "`" + program + "` does not obey: " + broken.what(),
                                "check the plugin lines of /etc/sudo.conf; remove `"
                                        + program
                                        + "` if it is a sudo without plugins"));
            }
            if (proof instanceof Proof.Missing reason) {
                missing.add("`" + program + "`: " + reason.why());
            }
        }
        return missing.isEmpty() ? judgeDefaults(programs) : unproved(missing);
    }

    private Finding judgeDefaults(List<Path> programs) {
        for (Path program : programs) {
            try {
                Optional<String> weakened = defaults.weakened(program);
                if (weakened.isPresent()) {
                    return new Finding.Unsafe(
                            Health.degraded(
                                    "Defaults of the site take ours back: `" + weakened.get() + "`",
                                    "move them to a file of "
                                            + places.sudoersFolder()
                                            + " that sorts before `kepm`, or name the users whom"
                                            + " they are for"));
                }
            } catch (IOException e) {
                return unproved(List.of("`" + program + "`: " + e.getMessage()));
            }
        }
        return new Finding.Proved(programs.stream().map(Path::toString).toList());
    }

    private Finding unproved(List<String> missing) {
        return new Finding.Unproved(
                Health.degraded(
                        "not proved: " + String.join("; ", missing),
                        "try `sudo -n " + places.canary() + "` as " + Nonces.USER));
    }
}
