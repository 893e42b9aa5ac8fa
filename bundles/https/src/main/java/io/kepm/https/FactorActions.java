package io.kepm.https;

import io.kepm.api.elevation.SecondFactors;
import io.kepm.api.json.Fields;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Second factors: one's own; administrators let users enrol and take factors away. */
final class FactorActions {

    private static final int LONGEST_CODE = 64;
    private static final int LONGEST_PASSWORD = 512;

    private final SecondFactors factors;
    private final People people;

    FactorActions(SecondFactors factors, People people) {
        this.factors = factors;
        this.people = people;
    }

    Answer status(Call call) throws NameServiceException, StorageException {
        Optional<Account> own = people.account(call.caller());
        if (own.isEmpty()) {
            return noAccount();
        }
        SecondFactors.Status status = factors.status(own.get().name(), own.get().uid());
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("user", own.get().name());
        body.put("enrolled", status.enrolled());
        body.put("recoveryCodes", (long) status.recoveryCodes());
        body.put("admitted", status.admitted());
        body.put("admin", call.caller().isAdmin());
        return Answer.ok(body);
    }

    Answer enroll(Call call) throws NameServiceException, StorageException {
        if (!call.body().containsKey("password")) {
            return withCode(call, (own, code) -> factors.enroll(own.name(), own.uid(), code));
        }
        Fields fields = new Fields(call.body());
        String password = fields.requiredText("password", LONGEST_PASSWORD);
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Optional<Account> own = people.account(call.caller());
        return own.isEmpty()
                ? noAccount()
                : shown(factors.enrollByPassword(own.get().name(), own.get().uid(), password));
    }

    Answer confirm(Call call) throws NameServiceException, StorageException {
        return withCode(call, (own, code) -> factors.confirm(own.name(), own.uid(), code));
    }

    /** What is done for oneself with a code. */
    private interface Step {
        SecondFactors.Answer take(Account own, String code) throws StorageException;
    }

    private Answer withCode(Call call, Step step) throws NameServiceException, StorageException {
        Fields fields = new Fields(call.body());
        String code = fields.text("code", LONGEST_CODE).orElse("");
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Optional<Account> own = people.account(call.caller());
        return own.isEmpty() ? noAccount() : shown(step.take(own.get(), code));
    }

    Answer admit(Call call) throws NameServiceException, StorageException {
        Optional<Account> account = named(call);
        if (account.isEmpty()) {
            return Answer.problem(404, "there is no such user");
        }
        String admin = people.info(call.caller()).name();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("user", account.get().name());
        body.put("code", factors.admit(account.get().name(), account.get().uid(), admin));
        return Answer.ok(body).noted("lets " + account.get().name() + " enrol a second factor");
    }

    Answer remove(Call call) throws NameServiceException, StorageException {
        Fields fields = new Fields(call.body());
        String code = fields.text("code", LONGEST_CODE).orElse("");
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        Optional<Account> account = named(call);
        boolean admin = call.caller().isAdmin();
        boolean own = account.filter(one -> one.uid() == call.caller().uid()).isPresent();
        if (!admin && !own) {
            return Answer.problem(403, "you may remove your own second factor only");
        }
        if (account.isEmpty()) {
            return Answer.problem(404, "there is no such user");
        }
        String by = admin ? people.info(call.caller()).name() : "";
        return shown(factors.remove(account.get().name(), account.get().uid(), code, by));
    }

    private Optional<Account> named(Call call) throws NameServiceException {
        return people.byName(call.variables().getOrDefault("user", ""));
    }

    private static Answer shown(SecondFactors.Answer answer) {
        Map<String, Object> body = new LinkedHashMap<>();
        if (answer instanceof SecondFactors.Answer.Begun begun) {
            body.put("secret", begun.secret());
            body.put("uri", begun.uri());
        } else if (answer instanceof SecondFactors.Answer.Enrolled enrolled) {
            body.put("recoveryCodes", List.copyOf(enrolled.recoveryCodes()));
        } else if (answer instanceof SecondFactors.Answer.Refused refused) {
            return Answer.problem(409, refused.why());
        }
        return Answer.ok(body);
    }

    private static Answer noAccount() {
        return Answer.problem(
                403, "this is for users with an account, and for root in its own right");
    }
}
