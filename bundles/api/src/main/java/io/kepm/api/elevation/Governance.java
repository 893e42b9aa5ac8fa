package io.kepm.api.elevation;

import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Who is under policy: members of the groups that the sudoers drop-in names. */
@ProviderType
public interface Governance {

    /** The groups; a member of any is governed. */
    List<String> GROUPS = List.of("kepm-users", "kepm-users-passwd");

    /**
     * What {@link #govern} would do.
     *
     * @param subject user name, or {@code %group}: its members now
     */
    Plan plan(String subject);

    /** Puts them under policy. Either all of the plan is done or the text says what was not. */
    Plan govern(String subject, String admin);

    /** Takes them out of policy: what sudoers itself gives them applies again. */
    Plan ungovern(String subject, String admin);

    /** Names of the governed users. */
    List<String> governed();

    /**
     * Steps and warnings, for people.
     *
     * @param fault why it can't or couldn't be done; empty when it can or was
     */
    record Plan(
            String subject,
            List<String> users,
            List<String> steps,
            List<String> warnings,
            String fault) {
        public Plan {
            users = List.copyOf(users);
            steps = List.copyOf(steps);
            warnings = List.copyOf(warnings);
        }
    }
}
