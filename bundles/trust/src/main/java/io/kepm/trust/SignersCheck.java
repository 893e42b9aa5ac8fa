package io.kepm.trust;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.trust.Signatures;
import java.util.stream.Collectors;

/** The health line that says whose code may run here beside the built-in certificates'. */
final class SignersCheck implements HealthCheck {

    private static final int SHOWN = 12;

    private final Signatures signatures;

    SignersCheck(Signatures signatures) {
        this.signatures = signatures;
    }

    @Override
    public String name() {
        return "trusted signers";
    }

    @Override
    public Health check() {
        Signatures.Signers signers = signatures.signers();
        String detail =
                "built in: "
                        + signers.builtIn().size()
                        + (signers.alternative().isEmpty()
                                ? ", no others"
                                : ", by AlternativeSignatures: "
                                        + signers.alternative().stream()
                                                .map(SignersCheck::cut)
                                                .collect(Collectors.joining(", ")));
        return signers.warnings().isEmpty()
                ? Health.healthy(detail)
                : Health.degraded(
                        detail + "; " + String.join("; ", signers.warnings()),
                        "correct what is named; AlternativeSignatures is read at a restart of the agent");
    }

    private static String cut(String thumbprint) {
        return thumbprint.substring(0, Math.min(SHOWN, thumbprint.length())) + "…";
    }
}
