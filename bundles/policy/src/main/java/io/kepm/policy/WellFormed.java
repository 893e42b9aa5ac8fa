package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import io.kepm.api.policy.EventType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** The form that a request must have before policy is asked. */
final class WellFormed {

    private static final Map<String, EventType> BY_NAME =
            Arrays.stream(EventType.values())
                    .collect(Collectors.toUnmodifiableMap(EventType::wireName, t -> t));

    private WellFormed() {}

    /** The type of that name; the exact spelling is found fastest. */
    static Optional<EventType> type(String name) {
        EventType exact = BY_NAME.get(name);
        return exact != null ? Optional.of(exact) : EventType.of(name);
    }

    /** What is wrong with the form; empty when nothing is. */
    static Optional<String> fault(EvaluationRequest request) {
        String fault = type(request);
        if (fault.isEmpty()) {
            fault = users(request);
        }
        if (fault.isEmpty()) {
            fault = paths(request);
        }
        if (fault.isEmpty()) {
            fault = texts(request);
        }
        return fault.isEmpty() ? Optional.empty() : Optional.of(fault);
    }

    private static String type(EvaluationRequest request) {
        Optional<EventType> type = type(request.eventType());
        if (type.isEmpty()) {
            return "unknown event type " + Place.quoted(request.eventType());
        }
        boolean badUrl =
                type.get() == EventType.HTTP_ACCESS && request.url().flatMap(Url::parse).isEmpty();
        return badUrl ? "the url is missing or has no normal form" : "";
    }

    private static String users(EvaluationRequest request) {
        EvaluationRequest.User user = request.user();
        if (!NameSyntax.isUserName(user.name())) {
            return "not a user name: " + Place.quoted(user.name());
        }
        if (!NameSyntax.isUserName(request.runAs())) {
            return "not a user to run as: " + Place.quoted(request.runAs());
        }
        if (user.uid() < 0 || user.uid() > UserEntry.MAX_UID) {
            return "no user has the uid " + user.uid();
        }
        return request.runAsGroups().isEmpty() ? "" : "groups to run with cannot be asked for";
    }

    private static String paths(EvaluationRequest request) {
        EvaluationRequest.Target target = request.target();
        String fault = path(target.path());
        if (fault.isEmpty() && !target.realPath().equals(target.path())) {
            fault = path(target.realPath());
        }
        if (fault.isEmpty()) {
            fault = path(request.cwd());
        }
        if (!fault.isEmpty()) {
            return fault;
        }
        if (target.argv().isEmpty() || target.argv().get(0).isEmpty()) {
            return "no argument vector, or no name in its first place";
        }
        return "";
    }

    private static String path(String path) {
        if (!PathText.isCanonical(path)) {
            return "not an absolute, canonical path: " + Place.quoted(path);
        }
        return Texts.hasControl(path) ? "control characters in a path: " + Place.quoted(path) : "";
    }

    private static String texts(EvaluationRequest request) {
        EvaluationRequest.Target target = request.target();
        EvaluationRequest.User user = request.user();
        boolean control =
                any(user.groups(), true)
                        || any(user.domain(), true)
                        || any(user.home(), true)
                        || Texts.hasControl(request.machine().hostname())
                        || Texts.hasControl(request.machine().os())
                        || Texts.hasControl(request.sessionId())
                        || Texts.hasControl(request.requestId())
                        || any(request.parent().map(EvaluationRequest.Parent::path), true);
        if (control) {
            return "control characters in a name";
        }
        boolean nul =
                any(target.argv(), false)
                        || anyReal(target.argvReal())
                        || any(target.unsafe(), false)
                        || any(target.certificates(), false)
                        || bad(target.signerUnknown(), false)
                        || any(target.sha256(), false)
                        || any(request.url(), false)
                        || any(request.justification(), false);
        return nul ? "a NUL in the request" : "";
    }

    private static boolean anyReal(List<Optional<String>> reals) {
        for (int i = 0; i < reals.size(); i++) {
            if (any(reals.get(i), false)) {
                return true;
            }
        }
        return false;
    }

    private static boolean any(Optional<String> text, boolean control) {
        return text.isPresent() && bad(text.get(), control);
    }

    private static boolean any(List<String> texts, boolean control) {
        for (int i = 0; i < texts.size(); i++) {
            if (bad(texts.get(i), control)) {
                return true;
            }
        }
        return false;
    }

    private static boolean bad(String text, boolean control) {
        return control ? Texts.hasControl(text) : Texts.hasNul(text);
    }
}
