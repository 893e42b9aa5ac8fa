package io.kepm.https;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.elevation.Governance;
import io.kepm.api.elevation.Requests;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.policy.EvaluationRequest;
import java.util.List;
import java.util.Optional;

/** What the system says about callers and users; never what they say about themselves. */
final class People {

    private final Accounts accounts;

    People(Accounts accounts) {
        this.accounts = accounts;
    }

    /** Whether the caller is in a group now; nobody over TCP is. */
    boolean isMember(Caller caller, String group) throws NameServiceException {
        Optional<Account> account = account(caller);
        return account.isPresent() && accounts.groups(account.get().name()).contains(group);
    }

    /** Whether policy decides for that account, by all of its groups. */
    boolean isGoverned(Account account) throws NameServiceException {
        return accounts.groups(account.name()).stream().anyMatch(Governance.GROUPS::contains);
    }

    /** The caller's account; empty over TCP, or for a uid without one. */
    Optional<Account> account(Caller caller) throws NameServiceException {
        return caller.uid() < 0 ? Optional.empty() : accounts.byUid(caller.uid());
    }

    Optional<Account> byName(String name) throws NameServiceException {
        return name.isEmpty() || name.length() > 256 ? Optional.empty() : accounts.byName(name);
    }

    /**
     * A caller as one who asks for approvals and gives them; empty for whoever has no account, and
     * for root that is not there in its own right, such as inside a grant.
     */
    Optional<Requests.Person> person(Caller caller) throws NameServiceException {
        Optional<Account> account = account(caller);
        if (account.isEmpty() || (caller.uid() == 0 && !caller.isAdmin())) {
            return Optional.empty();
        }
        String name = account.get().name();
        return Optional.of(
                new Requests.Person(name, caller.uid(), caller.login(), accounts.groups(name)));
    }

    /** A caller for records: by name, or by number when nobody can say the name now. */
    AuditDraft.UserInfo info(Caller caller) {
        try {
            String name = account(caller).map(Account::name).orElse(caller.info().name());
            return new AuditDraft.UserInfo(name, caller.uid(), "", "", caller.info().pid(), "");
        } catch (NameServiceException e) {
            return caller.info();
        }
    }

    /** An account as policy looks at it. */
    EvaluationRequest.User facts(Account account) throws NameServiceException {
        List<String> groups = accounts.groups(account.name());
        return new EvaluationRequest.User(
                account.name(),
                account.uid(),
                groups,
                Optional.of(account.home()).filter(home -> !home.isEmpty()),
                Optional.empty());
    }
}
