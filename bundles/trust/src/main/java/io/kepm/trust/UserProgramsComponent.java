package io.kepm.trust;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.trust.UserPrograms;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Knows base names only: that nobody but root could have changed the file is asked of {@code
 * FileTrust}. Who is in a group of administrators, or root, is not bound by the list.
 */
@Component
public final class UserProgramsComponent implements UserPrograms {

    private final Accounts accounts;
    private final List<String> allowed;
    private final List<String> administrators;

    @Activate
    public UserProgramsComponent(@Reference Accounts accounts, @Reference Settings settings) {
        this(
                accounts,
                settings.get(CoreSettings.ALLOWED_NON_ADMIN_EXECUTABLES),
                settings.get(CoreSettings.ADMIN_GROUPS));
    }

    UserProgramsComponent(Accounts accounts, List<String> allowed, List<String> administrators) {
        this.accounts = accounts;
        this.allowed = List.copyOf(allowed);
        this.administrators = List.copyOf(administrators);
    }

    @Override
    public Optional<String> refusal(Path executable, String userName) throws NameServiceException {
        Path name = executable.getFileName();
        if (name != null && allowed.contains(name.toString())) {
            return Optional.empty();
        }
        Optional<Accounts.Member> member = accounts.member(userName);
        boolean isAdministrator =
                member.isPresent()
                        && (member.get().account().uid() == 0
                                || member.get().groups().stream()
                                        .anyMatch(administrators::contains));
        return isAdministrator
                ? Optional.empty()
                : Optional.of(
                        "`"
                                + name
                                + "` is not in `AllowedNonAdminExecutables`, and `"
                                + userName
                                + "` is no administrator");
    }
}
