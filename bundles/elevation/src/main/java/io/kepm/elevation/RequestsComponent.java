package io.kepm.elevation;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.OfflineApprovals;
import io.kepm.api.elevation.PendingWatch;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.SecondFactors;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Passwords;
import io.kepm.api.linux.Targets;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.FileTrust;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/**
 * Requests, approvals and second factors as services. {@link LaunchComponent} asks here for the
 * controls of a launch, and lets time do its part.
 */
@Component(
        service = {
            RequestsComponent.class,
            Requests.class,
            SecondFactors.class,
            OfflineApprovals.class
        })
public final class RequestsComponent implements Requests, SecondFactors, OfflineApprovals {

    private final RequestBook book;
    private final Factors factors;
    private final ApprovalDesk desk;
    private final OfflineDesk offline;
    private final Controls controls;
    private final ApprovalWait approvals;
    private final PendingWatches watches = new PendingWatches();

    @Activate
    public RequestsComponent(
            @Reference Storage storage,
            @Reference AuditLog audit,
            @Reference FileTrust trust,
            @Reference Targets targets,
            @Reference Accounts accounts,
            @Reference Passwords passwords,
            @Reference Settings settings)
            throws StorageException {
        InstantSource clock = InstantSource.system();
        book = new RequestBook(storage, audit, clock);
        book.revokeAfterRestore(storage);
        factors =
                new Factors(
                        storage,
                        audit,
                        clock,
                        new SecureRandom(),
                        targets.hostname(),
                        passwords,
                        Totp.Hash.valueOf(settings.get(CoreSettings.TOTP_HASH)));
        Persons persons = new Persons(settings.approot().resolve("persons.json"), trust);
        Proof proof =
                settings.get(CoreSettings.MFA_PROVIDER).equals("pam")
                        ? Proof.password(factors)
                        : Proof.code(factors);
        desk = new ApprovalDesk(book, audit, factors, proof, persons, accounts);
        offline = new OfflineDesk(storage, audit, book);
        approvals = new ApprovalWait(book, watches, offline::hasKey);
        controls =
                new Controls(
                        audit,
                        proof,
                        new FactorSessions(System::nanoTime),
                        approvals,
                        launch -> LiveProcess.loginSession(launch.pid(), launch.tty()));
    }

    @Reference(
            cardinality = ReferenceCardinality.MULTIPLE,
            policy = ReferencePolicy.DYNAMIC,
            unbind = "removeWatch")
    void addWatch(PendingWatch watch) {
        watches.add(watch);
    }

    void removeWatch(PendingWatch watch) {
        watches.remove(watch);
    }

    RequestBook book() {
        return book;
    }

    ApprovalWait approvals() {
        return approvals;
    }

    Controls controls() {
        return controls;
    }

    @Override
    public List<AccessRequest> visibleTo(Person who) throws StorageException {
        return desk.visibleTo(who);
    }

    @Override
    public Optional<AccessRequest> view(String id, Person who) throws StorageException {
        return desk.view(id, who);
    }

    @Override
    public String proofOf(Person who) throws StorageException {
        return desk.proofOf(who);
    }

    @Override
    public Outcome act(String id, Act act, Person who, String factor, String comment)
            throws StorageException {
        return desk.act(id, act, who, factor, comment);
    }

    @Override
    public OfflineApprovals.Status status() throws StorageException {
        return offline.status();
    }

    @Override
    public Reply takeKey(String line, String admin) throws StorageException {
        return offline.takeKey(line, admin);
    }

    @Override
    public Reply forgetKey(String admin) throws StorageException {
        return offline.forgetKey(admin);
    }

    @Override
    public Reply challenge(String id, Person who) throws StorageException {
        return offline.challenge(id, who);
    }

    @Override
    public Reply answer(String id, Person who, String code) throws StorageException {
        return offline.answer(id, who, code);
    }

    @Override
    public SecondFactors.Status status(String user, long uid) throws StorageException {
        return factors.status(user, uid);
    }

    @Override
    public String admit(String user, long uid, String admin) throws StorageException {
        return factors.admit(user, uid, admin);
    }

    @Override
    public Answer enroll(String user, long uid, String proof) throws StorageException {
        return factors.enroll(user, uid, proof);
    }

    @Override
    public Answer enrollByPassword(String user, long uid, String password) throws StorageException {
        return factors.enrollByPassword(user, uid, password);
    }

    @Override
    public Answer confirm(String user, long uid, String code) throws StorageException {
        return factors.confirm(user, uid, code);
    }

    @Override
    public Answer remove(String user, long uid, String proof, String admin)
            throws StorageException {
        return factors.remove(user, uid, proof, admin);
    }
}
