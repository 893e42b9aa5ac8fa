package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.Governance;
import io.kepm.api.linux.Accounts;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/** Who is governed, as a service. */
@Component
public final class GovernanceComponent implements Governance {

    private final Membership membership;

    @Activate
    public GovernanceComponent(
            @Reference Accounts accounts, @Reference AuditLog audit, @Reference Settings settings) {
        membership = new Membership(accounts, audit, settings.get(CoreSettings.ADMIN_GROUPS));
    }

    @Override
    public Plan plan(String subject) {
        return membership.plan(subject);
    }

    @Override
    public Plan govern(String subject, String admin) {
        return membership.govern(subject, admin);
    }

    @Override
    public Plan ungovern(String subject, String admin) {
        return membership.ungovern(subject, admin);
    }

    @Override
    public List<String> governed() {
        return membership.governed();
    }
}
