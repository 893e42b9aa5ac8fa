package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.SecondFactors;
import io.kepm.api.linux.Passwords;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;

/**
 * Second factors: enrolment, checks, lock-out. One try at a time, so that no code counts twice; a
 * try is on record, and counted, before it is answered.
 */
final class Factors implements SecondFactors {

    static final int MOST_WRONG = 5;
    static final Duration LOCKED = Duration.ofMinutes(15);
    private static final String PASSWORD = "password";
    private static final int RECOVERY_CODES = 10;
    private static final Duration ADMISSION = Duration.ofHours(1);
    private static final Duration TO_CONFIRM = Duration.ofMinutes(10);
    private static final int MOST_BEGUN = 1_000;

    private final Storage storage;
    private final AuditLog audit;
    private final InstantSource clock;
    private final SecureRandom random;
    private final String machine;
    private final Passwords passwords;
    private final Totp.Hash hash;

    /** Who is asked about a password just now: one question of a user at a time. */
    private final Set<Long> asking = ConcurrentHashMap.newKeySet();

    private final Map<Long, Begun> begun = new HashMap<>();

    /** An enrolment that waits for the first code. */
    private record Begun(String user, byte[] key, Instant until, int wrong) {}

    /** What a try came to. */
    sealed interface Try {
        record Right() implements Try {}

        record Wrong(int left) implements Try {}

        record Locked(Duration left) implements Try {}

        record NotEnrolled() implements Try {}

        /** Neither right nor wrong: nobody could say. */
        record Unknown(String why) implements Try {}
    }

    /**
     * @param hash what new keys are for; those that are there stay as they are
     */
    Factors(
            Storage storage,
            AuditLog audit,
            InstantSource clock,
            SecureRandom random,
            String machine,
            Passwords passwords,
            Totp.Hash hash) {
        this.passwords = passwords;
        this.hash = hash;
        this.storage = storage;
        this.audit = audit;
        this.clock = clock;
        this.random = random;
        this.machine = machine;
    }

    /** Tries a code of the app or a recovery code. */
    synchronized Try check(String user, long uid, String typed) throws StorageException {
        Factor factor = load(user, uid);
        if (!factor.isEnrolled()) {
            return new Try.NotEnrolled();
        }
        return tried(uid, factor, kind(typed), proven(factor, typed));
    }

    private Optional<Factor> proven(Factor factor, String typed) {
        if (SpokenCode.isOne(typed)) {
            String digest = SpokenCode.digest(typed);
            return factor.recovery().contains(digest)
                    ? Optional.of(factor.usedRecovery(digest))
                    : Optional.empty();
        }
        OptionalLong step =
                Totp.match(factor.key(), typed.strip(), clock.instant(), factor.lastStep());
        return step.isPresent() ? Optional.of(factor.usedStep(step.getAsLong())) : Optional.empty();
    }

    private static String kind(String typed) {
        return SpokenCode.isOne(typed) ? "recovery code" : "totp";
    }

    /** Keeps what a try changes, with its record; a locked factor is not even looked at. */
    private Try tried(long uid, Factor factor, String with, Optional<Factor> proven)
            throws StorageException {
        long now = clock.millis();
        if (factor.lockedUntil() > now) {
            save(uid, factor, failed(uid, factor, "locked"));
            return new Try.Locked(Duration.ofMillis(factor.lockedUntil() - now));
        }
        if (proven.isPresent()) {
            AuditDraft draft =
                    of(AuditType.MFA_SUCCEEDED, "OK", uid, factor.user())
                            .detail("with", with)
                            .build();
            save(uid, proven.get(), draft);
            return new Try.Right();
        }
        Factor failed = factor.failed(MOST_WRONG, now + LOCKED.toMillis());
        save(uid, failed, failed(uid, factor, "wrong"));
        return failed.lockedUntil() > now
                ? new Try.Locked(LOCKED)
                : new Try.Wrong(MOST_WRONG - failed.wrong());
    }

    @Override
    public synchronized Status status(String user, long uid) throws StorageException {
        Factor factor = load(user, uid);
        return new Status(
                factor.isEnrolled(),
                factor.recovery().size(),
                !factor.admission().isEmpty() && factor.admittedUntil() > clock.millis());
    }

    @Override
    public synchronized String admit(String user, long uid, String admin) throws StorageException {
        String code = SpokenCode.fresh(random);
        long until = clock.millis() + ADMISSION.toMillis();
        save(
                uid,
                load(user, uid).admitted(SpokenCode.digest(code), until),
                of(AuditType.MFA_ENROLLED, "ADMITTED", uid, user)
                        .reason("an administrator lets this user enrol within an hour")
                        .detail("admin", admin)
                        .build());
        return code;
    }

    @Override
    public synchronized Answer enroll(String user, long uid, String proof) throws StorageException {
        Factor factor = load(user, uid);
        boolean byAdmission = isAdmission(factor, proof);
        if (!byAdmission && !factor.isEnrolled() && factor.admission().isEmpty()) {
            return new Answer.Refused(Texts.say("factor.first", user));
        }
        Optional<Factor> proven =
                byAdmission
                        // The code is used up with it.
                        ? Optional.of(factor.usedStep(factor.lastStep()))
                        : factor.isEnrolled() ? proven(factor, proof) : Optional.empty();
        String with = byAdmission ? "administrator's code" : kind(proof);
        return begun(user, uid, tried(uid, factor, with, proven), Texts.say("factor.word.code"));
    }

    @Override
    public Answer enrollByPassword(String user, long uid, String password) throws StorageException {
        if (status(user, uid).enrolled()) {
            return new Answer.Refused(Texts.say("factor.present"));
        }
        // Somebody may enrol while PAM takes its time.
        Try result = password(user, uid, password, factor -> !factor.isEnrolled());
        synchronized (this) {
            return begun(user, uid, result, Texts.say("factor.word.password"));
        }
    }

    /** Tries the password of the account, with the counts and the lock that codes have. */
    Try checkPassword(String user, long uid, String typed) throws StorageException {
        return password(user, uid, typed, factor -> true);
    }

    /** PAM takes its time with a wrong password, so it is asked outside of the lock. */
    private Try password(String user, long uid, String typed, Predicate<Factor> still)
            throws StorageException {
        synchronized (this) {
            Factor factor = load(user, uid);
            if (factor.lockedUntil() > clock.millis()) {
                return tried(uid, factor, PASSWORD, Optional.empty());
            }
        }
        if (!asking.add(uid)) {
            return new Try.Unknown(Texts.say("factor.busy"));
        }
        try {
            Passwords.Verdict verdict = passwords.check(user, typed);
            if (verdict == Passwords.Verdict.UNKNOWN) {
                return new Try.Unknown(Texts.say("factor.unchecked", user));
            }
            synchronized (this) {
                Factor factor = load(user, uid);
                boolean right = verdict == Passwords.Verdict.RIGHT && still.test(factor);
                return tried(
                        uid,
                        factor,
                        PASSWORD,
                        right ? Optional.of(factor.usedStep(factor.lastStep())) : Optional.empty());
            }
        } finally {
            asking.remove(uid);
        }
    }

    private Answer begun(String user, long uid, Try result, String what) {
        if (!(result instanceof Try.Right)) {
            return new Answer.Refused(why(result, what));
        }
        begun.values().removeIf(one -> one.until().isBefore(clock.instant()));
        if (begun.size() >= MOST_BEGUN) {
            return new Answer.Refused(Texts.say("factor.full"));
        }
        byte[] key = new byte[hash.bytes()];
        random.nextBytes(key);
        begun.put(uid, new Begun(user, key, clock.instant().plus(TO_CONFIRM), 0));
        String secret = Base32.of(key);
        String label = URLEncoder.encode("KEPM:" + user + "@" + machine, StandardCharsets.UTF_8);
        return new Answer.Begun(
                secret,
                "otpauth://totp/"
                        + label
                        + "?secret="
                        + secret
                        + "&issuer=KEPM"
                        // Apps that know only SHA-1 know no such word either.
                        + (hash == Totp.Hash.SHA1 ? "" : "&algorithm=" + hash));
    }

    private boolean isAdmission(Factor factor, String proof) {
        return !factor.admission().isEmpty()
                && factor.admittedUntil() > clock.millis()
                && factor.admission().equals(SpokenCode.digest(proof));
    }

    @Override
    public synchronized Answer confirm(String user, long uid, String code) throws StorageException {
        Begun one = begun.get(uid);
        if (one == null || !one.user().equals(user) || one.until().isBefore(clock.instant())) {
            begun.remove(uid);
            return new Answer.Refused(Texts.say("factor.not_begun"));
        }
        OptionalLong step = Totp.match(one.key(), code.strip(), clock.instant(), 0);
        if (step.isEmpty()) {
            audit.append(failed(uid, Factor.none(user), "wrong"));
            if (one.wrong() + 1 >= MOST_WRONG) {
                begun.remove(uid);
                return new Answer.Refused(Texts.say("factor.begin_again"));
            }
            begun.put(uid, new Begun(user, one.key(), one.until(), one.wrong() + 1));
            return new Answer.Refused(Texts.say("factor.clock"));
        }
        List<String> codes = new ArrayList<>();
        for (int i = 0; i < RECOVERY_CODES; i++) {
            codes.add(SpokenCode.fresh(random));
        }
        Factor enrolled =
                Factor.none(user)
                        .enrolled(
                                one.key(),
                                step.getAsLong(),
                                codes.stream().map(SpokenCode::digest).toList());
        save(uid, enrolled, of(AuditType.MFA_ENROLLED, "OK", uid, user).build());
        begun.remove(uid);
        Arrays.fill(one.key(), (byte) 0);
        return new Answer.Enrolled(codes);
    }

    @Override
    public synchronized Answer remove(String user, long uid, String proof, String admin)
            throws StorageException {
        Factor factor = load(user, uid);
        if (!factor.isEnrolled()) {
            return new Answer.Refused(Texts.say("factor.not_there"));
        }
        if (admin.isEmpty()) {
            Try result = tried(uid, factor, kind(proof), proven(factor, proof));
            if (!(result instanceof Try.Right)) {
                return new Answer.Refused(why(result));
            }
        }
        AuditDraft.Builder draft =
                of(AuditType.MFA_ENROLLED, "REMOVED", uid, user)
                        .reason("the second factor was removed");
        save(
                uid,
                Factor.none(user),
                (admin.isEmpty() ? draft : draft.detail("admin", admin)).build());
        return new Answer.Removed();
    }

    /** What a person is told about a try that did not do. */
    static String why(Try result) {
        return why(result, Texts.say("factor.word.code"));
    }

    static String why(Try result, String what) {
        if (result instanceof Try.Wrong wrong) {
            return Texts.SENTENCES.count("factor.wrong", wrong.left(), what);
        }
        if (result instanceof Try.Locked locked) {
            return Texts.say("factor.locked", locked.left().toMinutes() + 1);
        }
        if (result instanceof Try.Unknown unknown) {
            return unknown.why();
        }
        return Texts.say("factor.not_enrolled");
    }

    /** What is kept of a uid; of another owner than now it counts as nothing. */
    private Factor load(String user, long uid) throws StorageException {
        Optional<byte[]> bytes = storage.get(Table.SECRETS, key(uid));
        if (bytes.isEmpty()) {
            return Factor.none(user);
        }
        Factor factor = Factor.of(bytes.get());
        return factor.user().equals(user) ? factor : Factor.none(user);
    }

    private void save(long uid, Factor factor, AuditDraft draft) throws StorageException {
        Mutation put = new Mutation.Put(Table.SECRETS, key(uid), factor.toBytes());
        audit.commit(new Change(List.of(put), List.of(draft)));
    }

    private static String key(long uid) {
        return "factor." + uid;
    }

    private static AuditDraft failed(long uid, Factor factor, String why) {
        return of(AuditType.MFA_FAILED, "DENY", uid, factor.user()).reason(why).build();
    }

    private static AuditDraft.Builder of(AuditType type, String outcome, long uid, String user) {
        return AuditDraft.of(type, outcome).user(AuditDraft.UserInfo.of(user, uid));
    }
}
