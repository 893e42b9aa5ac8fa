package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.util.Optional;

/**
 * The values that variables have for one request. A value is literal text: whatever it holds, it is
 * never parsed again.
 */
final class Variables {

    private final EvaluationRequest request;
    private final String approot;

    Variables(EvaluationRequest request, String approot) {
        this.request = request;
        this.approot = approot;
    }

    /**
     * The value where a path begins: absolute and canonical, {@code ""} for the root itself; empty
     * when there is none that could begin a path.
     */
    Optional<String> head(Variable variable) {
        return switch (variable) {
            case ROOTDIR -> Optional.of("");
            case USERPROFILE, HOME -> home("");
            case DOCUMENTS, USERDOCUMENTS -> home("/Documents");
            case DESKTOP, USERDESKTOP -> home("/Desktop");
            case DOWNLOADS -> home("/Downloads");
            case APPROOT -> Optional.of(approot);
            case PLUGINROOT -> Optional.of(approot + "/Plugins");
            case TMP -> Optional.of("/tmp");
            case HASDESKTOP, USERNAME, HOSTNAME -> Optional.empty();
        };
    }

    /** The value inside a segment: not empty, without a slash. */
    Optional<String> segment(Variable variable) {
        String value =
                switch (variable) {
                    case HASDESKTOP -> Boolean.toString(request.hasDesktop());
                    case USERNAME -> request.user().name();
                    case HOSTNAME -> request.machine().hostname();
                    default -> "/";
                };
        return Optional.of(value).filter(v -> !v.isEmpty() && v.indexOf('/') < 0);
    }

    private Optional<String> home(String below) {
        return request.user()
                .home()
                .map(home -> home.endsWith("/") ? home.substring(0, home.length() - 1) : home)
                .filter(home -> home.isEmpty() ? hasRootHome() : PathText.isCanonical(home))
                .map(home -> home + below);
    }

    private boolean hasRootHome() {
        return request.user().home().filter("/"::equals).isPresent();
    }
}
