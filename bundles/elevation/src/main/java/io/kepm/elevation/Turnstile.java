package io.kepm.elevation;

import io.kepm.api.elevation.Conversation;
import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.elevation.LaunchRequest;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.policy.SourceLimits;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What stands before the launch decision: a source that asks too often, or was refused too often,
 * is refused without a decision (policy.md §5). Its own right stands, on record, where no policy
 * binds it; refusals are on record once a window, with their count. Safe for use by many threads.
 */
final class Turnstile {

    private static final Logger LOG = LoggerFactory.getLogger(Turnstile.class);
    private static final Duration LONGEST_TURN = Duration.ofSeconds(30);

    private final SourceLimits sources;
    private final Accounts accounts;
    private final Launch launch;
    private final Tally tally;
    private final LongSupplier disk;

    /**
     * @param disk what this thread waited for the disk since it was last asked, in nanoseconds
     */
    Turnstile(
            SourceLimits sources,
            Accounts accounts,
            Launch launch,
            Tally tally,
            LongSupplier disk) {
        this.sources = sources;
        this.accounts = accounts;
        this.launch = launch;
        this.tally = tally;
        this.disk = disk;
    }

    LaunchAnswer decide(LaunchRequest request, Conversation conversation) {
        SourceLimits.Source source = SourceLimits.Source.user(request.uid());
        if (!tookItAtTheDoor(request)
                && sources.take(source, request.session(), LONGEST_TURN)
                        instanceof SourceLimits.Turn.Refused refused) {
            return refused(request, refused);
        }
        var unused = disk.getAsLong();
        long begun = System.nanoTime();
        LaunchAnswer answer = launch.decide(request, conversation);
        tally.decided(
                answer, System.nanoTime() - begun - conversation.waitedNanos(), disk.getAsLong());
        if (!(answer instanceof LaunchAnswer.Refuse refuse && isNoFailure(refuse.code()))) {
            sources.judged(source, request.session(), answer instanceof LaunchAnswer.Refuse);
        }
        return answer;
    }

    /**
     * At {@code run.sock}, where everybody may ask, the door takes the turn before it looks at
     * anything; root's it leaves to us.
     */
    private static boolean tookItAtTheDoor(LaunchRequest request) {
        return Way.of(request.door()) == Way.UNIT && request.uid() != 0;
    }

    /** A fault of ours says nothing about who asked; nor does a request that waits. */
    static boolean isNoFailure(String code) {
        return Launch.FAULTS.contains(code) || code.equals(Launch.WAITING);
    }

    private LaunchAnswer refused(LaunchRequest request, SourceLimits.Turn.Refused refused) {
        Records records = new Records(request, UUID.randomUUID().toString(), request.runAs());
        Caller caller = launch.faults().bound(caller(request), request);
        if (Effect.ofFault(caller) == Effect.OWN_RIGHT) {
            return launch.faults().answer(caller, records, refused.code(), refused.text());
        }
        tally.limited();
        return new LaunchAnswer.Refuse(
                records.requestId(), refused.code(), Texts.limited(refused.text()));
    }

    /** Whoever is not known counts as governed. */
    private Caller caller(LaunchRequest request) {
        if (request.uid() == 0) {
            return Caller.ROOT;
        }
        try {
            List<String> groups =
                    accounts.member(request.user()).map(Accounts.Member::groups).orElse(List.of());
            return groups.isEmpty()
                    ? Caller.GOVERNED
                    : Caller.of(request.door(), request.uid(), groups);
        } catch (NameServiceException e) {
            LOG.warn("the groups of uid {} are not known: {}", request.uid(), e.getMessage());
            return Caller.GOVERNED;
        }
    }
}
