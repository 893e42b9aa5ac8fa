package io.kepm.elevation;

import io.kepm.api.audit.CanonicalJson;
import io.kepm.api.policy.Conditions;
import io.kepm.api.policy.EvaluationRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;

/**
 * What an approval is bound to: the SHA-256 of the whole normalised request (user, machine, run-as
 * user and groups, program and its digest, vector, kind of access, and the folder where the policy
 * binds it), so that it serves that command only.
 */
final class RequestHash {

    private RequestHash() {}

    static String of(EvaluationRequest request, Conditions conditions) {
        String form =
                CanonicalJson.of(
                        Map.ofEntries(
                                Map.entry("user", request.user().name()),
                                Map.entry("uid", request.user().uid()),
                                Map.entry("machine", request.machine().hostname()),
                                Map.entry("run_as", request.runAs()),
                                Map.entry("run_as_groups", request.runAsGroups()),
                                Map.entry("path", request.target().path()),
                                Map.entry("real_path", request.target().realPath()),
                                Map.entry("sha256", request.target().sha256().orElse("")),
                                Map.entry("argv", request.target().argv()),
                                Map.entry("access", request.access().name()),
                                Map.entry("cwd", conditions.bindCwd() ? request.cwd() : "")));
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            return HexFormat.of().formatHex(digest.digest(form.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
