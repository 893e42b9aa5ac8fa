package io.kepm.sudo;

import io.kepm.api.elevation.Governance;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Whose sudo it is, before it has said so: the real uid of the process that connected. For fairness
 * only; it decides about no right.
 */
interface Invokers {

    /** Stands for all whose process is gone or can't be read. */
    long UNKNOWN = -1;

    long realUid(int pid);

    /** Whether somebody has no right but what policy gives; true where it can't be found out. */
    default boolean isGoverned(long uid) {
        return true;
    }

    /** From {@code /proc/PID/status} and the name service. */
    static Invokers of(Accounts accounts) {
        return new Invokers() {
            @Override
            public long realUid(int pid) {
                try {
                    byte[] bytes = Files.readAllBytes(Path.of("/proc/" + pid + "/status"));
                    String status = new String(bytes, StandardCharsets.ISO_8859_1);
                    // No line before it can hold these: the process's name is shown escaped.
                    int at = status.indexOf("\nUid:\t") + 6;
                    return Long.parseLong(status.substring(at, status.indexOf('\t', at)));
                } catch (IOException | RuntimeException e) {
                    return UNKNOWN;
                }
            }

            @Override
            public boolean isGoverned(long uid) {
                try {
                    Optional<Accounts.Account> account = accounts.byUid(uid);
                    return account.isEmpty()
                            || accounts.groups(account.get().name()).stream()
                                    .anyMatch(Governance.GROUPS::contains);
                } catch (NameServiceException e) {
                    return true;
                }
            }
        };
    }
}
