package io.kepm.elevation;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.Secrets;
import io.kepm.api.elevation.Grant;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.EphemeralAccounts;
import io.kepm.api.linux.Scopes;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.Evaluation;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;

/**
 * Makes the grant that the launch decision came to: durable with its records first, then the sudo
 * that asks is put into its scope, or a unit is started and the grant bound to it, and only then is
 * it given. Whatever stops the agent in between leaves a grant or a scope that the next start
 * undoes. Safe for use by many threads.
 */
final class Granting {

    private final AuditLog audit;
    private final Grants grants;
    private final GrantEnds ends;
    private final RequestBook book;
    private final Scopes scopes;
    private final Clocks clocks;
    private final boolean killsAtExpiry;
    private final boolean ownWay;
    private final Starting starting = new Starting();

    /**
     * @param ownWay whether {@code kepm run} starts commands here itself
     */
    Granting(
            AuditLog audit,
            Grants grants,
            GrantEnds ends,
            RequestBook book,
            Scopes scopes,
            Clocks clocks,
            boolean killsAtExpiry,
            boolean ownWay) {
        this.audit = audit;
        this.grants = grants;
        this.ends = ends;
        this.book = book;
        this.scopes = scopes;
        this.clocks = clocks;
        this.killsAtExpiry = killsAtExpiry;
        this.ownWay = ownWay;
    }

    /**
     * What is to be granted, by which policies, after which controls.
     *
     * @param inPlaceOf the command that was asked for, where another one runs; else empty
     */
    record Terms(
            Conditions conditions,
            Evaluation evaluation,
            Controls.Result.Met how,
            List<String> inPlaceOf) {
        Terms(Conditions conditions, Evaluation evaluation, Controls.Result.Met how) {
            this(conditions, evaluation, how, List.of());
        }
    }

    /** The time limit can't be kept: a fault of ours, so there is no grant. */
    static final class Unbound extends Exception {
        private static final long serialVersionUID = 1L;

        private Unbound(String message) {
            super(message);
        }
    }

    /** Why these conditions can't be kept here, in words; empty when they can. */
    Optional<String> obstacle(LaunchRequest launch, Caller caller, Conditions conditions) {
        return Way.of(launch.door()) == Way.UNIT
                ? Carriage.obstacleInUnit(conditions, scopes.means())
                        .or(() -> outlived(launch, caller, conditions.validFor()))
                : obstacleBySudo(launch, caller, conditions);
    }

    /** Whether a unit of its own can carry what sudo can't. */
    boolean isCarriedInUnit(Conditions conditions) {
        return ownWay && Carriage.obstacleInUnit(conditions, scopes.means()).isEmpty();
    }

    private Optional<String> obstacleBySudo(
            LaunchRequest launch, Caller caller, Conditions conditions) {
        Optional<String> obstacle =
                Carriage.obstacle(conditions, caller, scopes.means(), launch.asksInside());
        if (obstacle.isPresent() || !Carriage.needsScope(conditions, scopes.means())) {
            return obstacle;
        }
        return outlived(launch, caller, Carriage.lifetime(conditions, caller, scopes.means()));
    }

    /**
     * A command in one that has more time left than it may have itself. Where that one is in no
     * scope, only sudo ends it.
     */
    private Optional<String> outlived(LaunchRequest launch, Caller caller, Duration lasts) {
        Optional<StoredGrant> outer = outer(launch);
        if (outer.isEmpty() && !launch.inside()) {
            return Optional.empty();
        }
        Duration left =
                outer.map(stored -> clocks.read().left(stored)).orElse(Carriage.mostBySudo(caller));
        return left.compareTo(lasts) > 0
                ? Optional.of(Texts.say("carriage.outlived"))
                : Optional.empty();
    }

    /** The grant of the sudo that asks again, as for a command that its command starts. */
    private Optional<StoredGrant> outer(LaunchRequest launch) {
        long started = LiveProcess.startOf(launch.pid());
        return started == 0
                ? Optional.empty()
                : grants.all().stream()
                        .filter(
                                stored ->
                                        stored.life().scoped()
                                                && stored.pid() == launch.pid()
                                                && stored.started() == started)
                        .findFirst();
    }

    /**
     * Makes it.
     *
     * @param before records of what led to it
     * @throws RequestBook.Overtaken when its approval was used or taken back just now
     */
    StoredGrant give(Controls.Asked asked, Terms terms, List<AuditDraft> before)
            throws StorageException, RequestBook.Overtaken, Unbound {
        StoredGrant stored = grant(asked, terms);
        List<AuditDraft> drafts = new ArrayList<>(before);
        AuditDraft.Builder created =
                asked.records()
                        .of(AuditType.GRANT_CREATED, "OK")
                        .reason(stored.grant().why())
                        .detail("grant", stored.id())
                        .detail("to", stored.grant().to().toString());
        if (!terms.inPlaceOf().isEmpty()) {
            created.detail(
                    "in_place_of", String.join(" ", Secrets.hiddenInArgv(terms.inPlaceOf())));
        }
        terms.how().approved().ifPresent(request -> created.detail("approval", request.id()));
        drafts.add(created.build());
        drafts.add(
                account(terms, stored, asked.records().of(AuditType.ELEVATION_STARTED, "ALLOW"))
                        .detail("grant", stored.id())
                        .build());
        List<Mutation> creation = List.of(grants.creation(stored));
        if (terms.how().approved().isPresent()) {
            use(asked, terms.how().approved().get(), stored, creation, drafts);
        } else {
            audit.commit(new Change(creation, drafts));
        }
        if (asked.way() != Way.SUDO) {
            // It counts once there is a process that it is bound to.
            starting.add(stored);
            return stored;
        }
        if (stored.life().scoped()) {
            bind(stored);
        }
        grants.opened(stored);
        return stored;
    }

    /** Whose account runs it, where that is not the one that was asked for. */
    private static AuditDraft.Builder account(
            Terms terms, StoredGrant stored, AuditDraft.Builder record) {
        return terms.conditions().ephemeralAccount()
                ? record.detail("account", EphemeralAccounts.name(stored.id()))
                : record;
    }

    /** How long the service manager leaves a unit of this grant. */
    Duration mostInUnit(StoredGrant stored) {
        return killsAtExpiry ? stored.life().lasts() : Duration.ZERO;
    }

    /** Its unit is there: false when the grant is not any more. */
    boolean started(String grantId, int pid, long startTicks) throws StorageException {
        Optional<StoredGrant> found = starting.take(grantId);
        if (found.isEmpty()) {
            return false;
        }
        grants.opened(found.get());
        return grants.change(found.get(), found.get().runBy(pid, startTicks), List.of());
    }

    /** A grant whose unit did not start is open from here on, to be ended as any other. */
    void openUnstarted(String grantId) {
        starting.take(grantId).ifPresent(grants::opened);
    }

    /** What was approved is the right that lasts; each grant is one use of it. */
    private void use(
            Controls.Asked asked,
            StoredRequest request,
            StoredGrant stored,
            List<Mutation> creation,
            List<AuditDraft> drafts)
            throws StorageException, RequestBook.Overtaken {
        StoredRequest used = request.used();
        drafts.add(
                asked.records()
                        .of(AuditType.GRANT_USED, "OK")
                        .reason("approved: " + approvers(request))
                        .detail("approval", request.id())
                        .detail("grant", stored.id())
                        .detail("uses_left", Integer.toString(used.usesLeft()))
                        .build());
        drafts.add(
                used.record(AuditType.REQUEST_STATUS_CHANGED, "OK")
                        .reason("it was used")
                        .detail("from", request.state().word())
                        .detail("grant", stored.id())
                        .detail("uses_left", Integer.toString(used.usesLeft()))
                        .build());
        book.move(request, used, creation, drafts);
    }

    private void bind(StoredGrant stored) throws StorageException, Unbound {
        try {
            if (stored.pid() <= 0) {
                throw new IOException("there is no process that asks");
            }
            scopes.put(
                    stored.id(),
                    stored.pid(),
                    stored.started(),
                    killsAtExpiry ? stored.life().lasts() : Duration.ZERO);
        } catch (IOException | RuntimeException e) {
            String why = Texts.say("fault.unkept", String.valueOf(e.getMessage()));
            grants.opened(stored);
            ends.notGiven(stored, why);
            throw new Unbound(why);
        }
    }

    private StoredGrant grant(Controls.Asked asked, Terms terms) {
        LaunchRequest launch = asked.launch();
        Conditions conditions = terms.conditions();
        Clocks.Reading now = clocks.read();
        boolean inUnit = asked.way() == Way.UNIT;
        Duration lasts =
                inUnit
                        ? conditions.validFor()
                        : Carriage.lifetime(conditions, asked.caller(), scopes.means());
        Grant grant =
                new Grant(
                        UUID.randomUUID().toString(),
                        asked.records().requestId(),
                        launch.user(),
                        launch.uid(),
                        launch.path(),
                        launch.argv(),
                        conditions.runAs(),
                        now.wall(),
                        now.wall().plus(lasts),
                        why(terms));
        boolean scoped =
                inUnit
                        || (asked.way() == Way.SUDO
                                && Carriage.needsScope(conditions, scopes.means())
                                && !launch.inside()
                                && outer(launch).isEmpty());
        return new StoredGrant(
                grant,
                launch.pid(),
                LiveProcess.startOf(launch.pid()),
                grants.bootId(),
                new GrantLife(
                        conditions.timeLimited(),
                        scoped,
                        now.sinceBoot(),
                        lasts,
                        launch.tty(),
                        false,
                        GrantLife.Ending.NONE),
                asked(launch, terms),
                conditions.allowProtected());
    }

    /** What was let run in place of another command, or has a secret in it, is not judged again. */
    private static Optional<AskedAs> asked(LaunchRequest launch, Terms terms) {
        boolean whole = Secrets.hiddenInArgv(launch.argv()).equals(launch.argv());
        return whole && terms.inPlaceOf().isEmpty()
                ? Optional.of(
                        new AskedAs(
                                launch.door(), launch.cwd(), launch.edit(), launch.asksInside()))
                : Optional.empty();
    }

    private static String why(Terms terms) {
        return "policy "
                + terms.evaluation().decision().reasons().stream()
                        .flatMap(r -> r.policy().stream())
                        .map(ref -> ref.id() + " v" + ref.version())
                        .distinct()
                        .collect(Collectors.joining(", "))
                + terms.how()
                        .reason()
                        .filter(text -> !text.isEmpty())
                        .map(text -> "; reason: " + text)
                        .orElse("")
                + terms.how()
                        .approved()
                        .map(request -> "; approved: " + approvers(request))
                        .orElse("");
    }

    private static String approvers(StoredRequest request) {
        return String.join(", ", request.approvers());
    }
}
