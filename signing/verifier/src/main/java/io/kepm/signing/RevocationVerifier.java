package io.kepm.signing;

import java.security.cert.TrustAnchor;
import java.util.Optional;
import java.util.Set;

/**
 * Judges a signed list of what was taken back: only a certificate of the release may sign one, its
 * revision rises, and it never shrinks. Time plays no part: a list that is late takes back no less.
 * Immutable.
 */
public final class RevocationVerifier {

    private static final Set<TrustAnchor> NO_TIME = Set.of();

    private final SignatureJudge judge;

    /**
     * @param release the certificates that are built in, and what was taken back; nobody else whom
     *     a machine trusts speaks for all
     */
    public RevocationVerifier(Signers release) {
        this.judge = new SignatureJudge(release, NO_TIME);
    }

    /**
     * Judges.
     *
     * @param signature CMS, DER, without content
     * @param held the list that is in force
     */
    public RevocationVerdict verify(byte[] text, byte[] signature, RevocationList held) {
        SignatureJudge.Finding finding = judge.judge(signature, text, Optional.empty());
        if (!finding.isGood()) {
            return new RevocationVerdict.Refused(finding.fault());
        }
        try {
            RevocationList list = RevocationList.read(text);
            Optional<String> fault = fault(list, held);
            return fault.isEmpty()
                    ? new RevocationVerdict.InForce(list, new Thumbprint(finding.signer()))
                    : new RevocationVerdict.Refused(fault.get());
        } catch (IllegalArgumentException e) {
            return new RevocationVerdict.Refused(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<String> fault(RevocationList list, RevocationList held) {
        if (list.revision() < held.revision()) {
            return Optional.of(
                    "its revision "
                            + list.revision()
                            + " is older than "
                            + held.revision()
                            + ", which is in force");
        }
        Optional<String> lost =
                held.revoked().stream().filter(each -> !list.revoked().contains(each)).findFirst();
        if (lost.isPresent()) {
            return Optional.of(
                    "it lacks `"
                            + lost.get()
                            + "`, which is taken back already: a list only grows");
        }
        return list.revision() == held.revision() && !list.equals(held)
                ? Optional.of("revision " + list.revision() + " was another list")
                : Optional.empty();
    }
}
