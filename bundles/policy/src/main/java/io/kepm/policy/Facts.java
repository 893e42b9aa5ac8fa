package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EventType;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A well-formed request, digested once for all the policies that are asked. Lives for one
 * evaluation on one thread.
 */
final class Facts {

    private final EvaluationRequest request;
    private final EventType type;
    private final ZonedDateTime at;
    private final PathText named;
    private final PathText real;
    private final boolean otherName;
    private final Variables variables;
    private final String host;
    private final List<String> arguments;
    private @Nullable IdentityHashMap<Gathering<?>, Fit> gathered;
    private final Optional<Url> url;

    Facts(EvaluationRequest request, EventType type, ZonedDateTime at, String approot) {
        this.request = request;
        this.type = type;
        this.at = at;
        EvaluationRequest.Target target = request.target();
        named = new PathText(target.path());
        real = target.realPath().equals(target.path()) ? named : new PathText(target.realPath());
        otherName =
                named != real && type.isElevation() && !named.baseName().equals(real.baseName());
        variables = new Variables(request, approot);
        host = MachineEntry.plainHost(request.machine().hostname());
        arguments = target.argv().subList(1, target.argv().size());
        url = type == EventType.HTTP_ACCESS ? request.url().flatMap(Url::parse) : Optional.empty();
    }

    EvaluationRequest request() {
        return request;
    }

    EventType type() {
        return type;
    }

    ZonedDateTime at() {
        return at;
    }

    LocalDate date() {
        return at.toLocalDate();
    }

    PathText named() {
        return named;
    }

    PathText real() {
        return real;
    }

    Variables variables() {
        return variables;
    }

    /** Lower case, without a dot at the end. */
    String host() {
        return host;
    }

    /** Whether the host's name up to its first dot is this one. */
    boolean isFirstLabel(String label) {
        return host.startsWith(label)
                && (host.length() == label.length() || host.charAt(label.length()) == '.');
    }

    /** {@code argv[1…]}. */
    List<String> arguments() {
        return arguments;
    }

    /** The real path of an argument, when it is one that nobody else can swap. */
    Optional<String> realArgument(int index) {
        List<Optional<String>> reals = request.target().argvReal();
        return index < reals.size() ? reals.get(index) : Optional.empty();
    }

    /** Without a digest of what will run nothing is known of its bytes: a deny then counts. */
    Fit digest(String sha256) {
        String known = request.target().sha256().orElse("");
        if (known.isEmpty()) {
            return Fit.HOLE;
        }
        return known.equalsIgnoreCase(sha256) ? Fit.DIGEST : Fit.NO;
    }

    /** Whether the named or the real path fits. */
    Fit fit(PathPattern pattern) {
        Fit fit = pattern.fit(named, variables);
        return fit == Fit.NO && named != real ? byReal(pattern.fit(real, variables)) : fit;
    }

    private Fit byReal(Fit fit) {
        return fit == Fit.YES && otherName ? Fit.OTHER_NAME : fit;
    }

    /** Whether the named or the real path lies beneath. */
    Fit fit(PathPrefix folder) {
        Fit fit = folder.fit(named.text(), variables);
        return fit == Fit.NO && named != real ? byReal(folder.fit(real.text(), variables)) : fit;
    }

    /** Asks each collection once, however many policies and collections refer to it. */
    <E> Fit fit(Gathering<E> gathering, Function<E, Fit> judge) {
        IdentityHashMap<Gathering<?>, Fit> known = gathered;
        if (known == null) {
            known = new IdentityHashMap<>();
            gathered = known;
        }
        Fit fit = known.get(gathering);
        if (fit == null) {
            fit = Fit.any(gathering.members(), judge);
            known.put(gathering, fit);
        }
        return fit;
    }

    /** The normalised url of a request for one. */
    Optional<Url> url() {
        return url;
    }
}
