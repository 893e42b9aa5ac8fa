package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The lines of {@code Defaults}. They are not translated, apart from two that change what every
 * rule means.
 *
 * @param runAs as whom a rule runs that names nobody; empty when that can't be said
 * @param noExec whether no command may start another one
 */
record Settings(Optional<String> runAs, boolean noExec, List<Warning> warnings) {

    /** Without these a rule gives more than it did. */
    private static final Set<String> LIMITS =
            Set.of(
                    "closefrom",
                    "command_timeout",
                    "fdexec",
                    "intercept",
                    "noexec",
                    "pam_acct_mgmt",
                    "requiretty",
                    "restricted_env_file",
                    "role",
                    "rootpw",
                    "root_sudo",
                    "runas_default",
                    "runaspw",
                    "runchroot",
                    "runcwd",
                    "runas_check_shell",
                    "targetpw",
                    "type",
                    "user_command_timeouts");

    Settings {
        warnings = List.copyOf(warnings);
    }

    static Settings of(Json root) {
        Optional<String> runAs = Optional.of("root");
        boolean noExec = false;
        List<Warning> warnings = new ArrayList<>();
        for (Json line : root.at("Defaults").items()) {
            boolean all = line.at("Binding").isEmpty();
            for (Json option : line.at("Options").items()) {
                Json target = option.at("runas_default");
                boolean taken = all && (target.isText() || option.at("noexec").isTrue());
                if (!target.isMissing()) {
                    runAs = all ? Optional.of(target.text()) : Optional.empty();
                }
                noExec |= all && option.at("noexec").isTrue();
                warnings.add(warning(RuleText.setting(line, option), option, taken));
            }
        }
        return new Settings(runAs.filter(name -> !name.isEmpty()), noExec, warnings);
    }

    private static Warning warning(String text, Json option, boolean taken) {
        boolean limits = option.members().keySet().stream().anyMatch(LIMITS::contains);
        return new Warning(
                limits && !taken ? Warning.Kind.LOST : Warning.Kind.SETTING,
                text,
                taken
                        ? "a setting of sudo; the policies say it themselves"
                        : limits
                                ? "a setting of sudo that may limit rules: not translated"
                                : "a setting of sudo: not translated");
    }
}
