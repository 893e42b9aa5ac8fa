package io.kepm.linux;

import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Commands;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * Changes {@code /etc/group} through the system's own gpasswd(1), which locks it and keeps {@code
 * gshadow} in step.
 */
final class LocalGroups {

    private static final String GPASSWD = "/usr/bin/gpasswd";
    private static final Duration TIME = Duration.ofSeconds(20);

    private final Commands commands;

    LocalGroups(Commands commands) {
        this.commands = commands;
    }

    void add(String user, String group) throws NameServiceException {
        change("-a", user, group);
    }

    void remove(String user, String group) throws NameServiceException {
        change("-d", user, group);
    }

    private void change(String flag, String user, String group) throws NameServiceException {
        for (String name : List.of(user, group)) {
            if (!AccountName.isLocal(name)) {
                throw new NameServiceException("`" + name + "` is not a name for a local group");
            }
        }
        try {
            Commands.Result result = commands.run(List.of(GPASSWD, flag, user, group), TIME);
            if (result.exitCode() != 0) {
                throw new NameServiceException("gpasswd " + flag + ": " + result.output().strip());
            }
        } catch (IOException e) {
            throw new NameServiceException("gpasswd " + flag + ": " + e.getMessage());
        }
    }
}
