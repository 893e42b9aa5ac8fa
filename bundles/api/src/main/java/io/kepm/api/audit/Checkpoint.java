package io.kepm.api.audit;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.X509EncodedKeySpec;
import java.util.Base64;
import java.util.Optional;

/**
 * A record in which the agent signs all that stands before it (Ed25519, RFC 8032). One that says
 * that records were removed stands for them: it names the last of those, and the chain goes on from
 * there. Pure; used by the writer and by every verifier.
 */
public final class Checkpoint {

    /** Outcome of a plain checkpoint. */
    public static final String SIGNED = "SIGNED";

    /** Outcome of one that stands for records that were removed. */
    public static final String PRUNED = "PRUNED";

    /** Name of the algorithm in Java. */
    public static final String ALGORITHM = "Ed25519";

    private static final String REMOVED_TO = "removed_to";
    private static final String REMOVED_HASH = "removed_hash";

    private Checkpoint() {}

    /**
     * Signs what stands before the record to come.
     *
     * @param before the place of the record before it
     */
    public static AuditDraft.Builder signed(
            AuditPlace before, String agentUid, PrivateKey key, PublicKey shown)
            throws GeneralSecurityException {
        return draft(SIGNED, before, AuditPlace.START, agentUid, key, shown);
    }

    /**
     * As {@link #signed}, and stands for the records up to a place.
     *
     * @param removed the place of the last record that was removed
     */
    public static AuditDraft.Builder pruned(
            AuditPlace before, AuditPlace removed, String agentUid, PrivateKey key, PublicKey shown)
            throws GeneralSecurityException {
        return draft(PRUNED, before, removed, agentUid, key, shown)
                .detail(REMOVED_TO, Long.toString(removed.seq()))
                .detail(REMOVED_HASH, removed.hash());
    }

    private static AuditDraft.Builder draft(
            String outcome,
            AuditPlace before,
            AuditPlace removed,
            String agentUid,
            PrivateKey key,
            PublicKey shown)
            throws GeneralSecurityException {
        Signature signature = Signature.getInstance(ALGORITHM);
        signature.initSign(key);
        signature.update(text(outcome, before, removed, agentUid));
        return AuditDraft.of(AuditType.AUDIT_CHECKPOINT, outcome)
                .detail("key", Base64.getEncoder().encodeToString(shown.getEncoded()))
                .detail("signature", Base64.getEncoder().encodeToString(signature.sign()));
    }

    /** What is wrong with a checkpoint, or empty when that key signed it in its place. */
    public static Optional<String> fault(AuditEntry entry, PublicKey key) {
        String json = entry.json();
        try {
            AuditPlace before = new AuditPlace(entry.seq() - 1, text(json, "prev_hash"));
            Signature signature = Signature.getInstance(ALGORITHM);
            signature.initVerify(key);
            signature.update(
                    text(
                            text(json, "outcome"),
                            before,
                            removed(entry).orElse(AuditPlace.START),
                            text(json, "agent_uid")));
            if (signature.verify(Base64.getDecoder().decode(text(json, "signature")))) {
                return Optional.empty();
            }
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            // Whatever it holds instead, it is not our signature.
        }
        return Optional.of("checkpoint " + entry.seq() + " is not signed by the agent's key");
    }

    /** The last record that was removed, when this checkpoint stands for such. */
    public static Optional<AuditPlace> removed(AuditEntry entry) {
        String seq = text(entry.json(), REMOVED_TO);
        return seq.matches("[0-9]{1,18}")
                ? Optional.of(new AuditPlace(Long.parseLong(seq), text(entry.json(), REMOVED_HASH)))
                : Optional.empty();
    }

    /**
     * The key that a checkpoint says it was signed with; worth as much as where one knows it from.
     */
    public static Optional<PublicKey> key(AuditEntry entry) {
        return key(text(entry.json(), "key"));
    }

    /** A public key from its text: X.509 SubjectPublicKeyInfo in Base64. */
    public static Optional<PublicKey> key(String base64) {
        try {
            return Optional.of(
                    KeyFactory.getInstance(ALGORITHM)
                            .generatePublic(
                                    new X509EncodedKeySpec(Base64.getDecoder().decode(base64))));
        } catch (GeneralSecurityException | IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    private static byte[] text(
            String outcome, AuditPlace before, AuditPlace removed, String agentUid) {
        return String.join(
                        "\n",
                        "kepm audit checkpoint 1",
                        agentUid,
                        outcome,
                        Long.toString(before.seq()),
                        before.hash(),
                        Long.toString(removed.seq()),
                        removed.hash())
                .getBytes(StandardCharsets.UTF_8);
    }

    /**
     * A member's text in a canonical record; empty when there is none. Only for members without
     * escapes: inside of a text a quote is never bare, so that none can be mistaken for a member.
     */
    private static String text(String json, String member) {
        String start = "\"" + member + "\":\"";
        int at = json.indexOf(start);
        int end = at < 0 ? -1 : json.indexOf('"', at + start.length());
        return end < 0 ? "" : json.substring(at + start.length(), end);
    }
}
