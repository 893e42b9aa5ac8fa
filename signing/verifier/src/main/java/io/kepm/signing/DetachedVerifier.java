package io.kepm.signing;

import java.time.Instant;
import java.util.Optional;

/** Judges a file by the CMS signature that lies beside it ({@code FILE.sig}, DER). Immutable. */
public final class DetachedVerifier {

    private final Signers signers;
    private final SignatureJudge judge;

    public DetachedVerifier(Signers signers) {
        this.signers = signers;
        this.judge = new SignatureJudge(signers, TimeStamp.ofThisJava());
    }

    /**
     * Judges at a time.
     *
     * @param now empty when time plays no part
     */
    public JarVerdict verify(byte[] file, byte[] signature, Optional<Instant> now) {
        String sha256 = Sha256.of(file);
        if (signers.revokes(sha256)) {
            return new JarVerdict.Refused("this very file was revoked", sha256, "");
        }
        SignatureJudge.Finding finding = judge.judge(signature, file, now);
        return finding.isGood()
                ? new JarVerdict.Trusted(
                        new Thumbprint(finding.signer()), sha256, sha256, java.util.Map.of())
                : new JarVerdict.Refused(finding.fault(), sha256, finding.signer());
    }
}
