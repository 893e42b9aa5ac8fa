package io.kepm.signing;

import io.kepm.signing.ZipLayout.Refused;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.TrustAnchor;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Judges a jar by its own signature: every entry, but the signature files themselves, is covered by
 * one and the same trusted signer, and there is nothing else in the file. Immutable.
 */
public final class JarVerifier {

    private static final long MAX_UNPACKED = 256L << 20;
    private static final int MAX_SIGNATURE_FILE = 4 << 20;

    private final Signers signers;
    private final SignatureJudge judge;

    public JarVerifier(Signers signers) {
        this(signers, TimeStamp.ofThisJava());
    }

    JarVerifier(Signers signers, Set<TrustAnchor> timeStampAuthorities) {
        this.signers = signers;
        this.judge = new SignatureJudge(signers, timeStampAuthorities);
    }

    /** At installation: the certificate has to be valid when it was signed, or now. */
    public JarVerdict install(ByteBuffer jar, Instant now) {
        return verify(jar, Optional.of(now));
    }

    /** At a later start: time plays no part any more. */
    public JarVerdict again(ByteBuffer jar) {
        return verify(jar, Optional.empty());
    }

    private JarVerdict verify(ByteBuffer jar, Optional<Instant> now) {
        String sha256 = HexFormat.of().formatHex(digest("SHA-256", jar));
        String signer = "";
        try {
            if (signers.revokes(sha256)) {
                return new JarVerdict.Refused("this very file was revoked", sha256, signer);
            }
            ZipLayout zip = ZipLayout.read(jar);
            Map<String, ZipEntryFacts> entries = new LinkedHashMap<>();
            long unpacked = 0;
            for (ZipEntryFacts entry : zip.entries()) {
                entries.put(entry.name(), entry);
                unpacked += entry.size();
            }
            if (unpacked > MAX_UNPACKED) {
                throw new Refused("it unpacks to more than " + MAX_UNPACKED + " bytes");
            }
            byte[] manifest = content(zip, entries, JarNames.MANIFEST);
            SignatureJudge.Finding best = signature(zip, entries, manifest, now);
            signer = best.signer();
            if (!best.isGood()) {
                return new JarVerdict.Refused(best.fault(), sha256, signer);
            }
            EntryDigests.check(zip, entries, manifest);
            return new JarVerdict.Trusted(
                    new Thumbprint(signer), sha256, MainSection.read(manifest));
        } catch (Refused e) {
            return new JarVerdict.Refused(String.valueOf(e.getMessage()), sha256, signer);
        }
    }

    /** The first good signature; else what is wrong with the last one. */
    private SignatureJudge.Finding signature(
            ZipLayout zip,
            Map<String, ZipEntryFacts> entries,
            byte[] manifest,
            Optional<Instant> now)
            throws Refused {
        SignatureJudge.Finding last = new SignatureJudge.Finding("", "it is not signed");
        for (String name : entries.keySet()) {
            if (!JarNames.isSignatureFile(name)) {
                continue;
            }
            byte[] file = content(zip, entries, name);
            last = judge.judge(block(zip, entries, name), file, now);
            Optional<String> fault = SignatureFile.fault(file, manifest);
            if (last.isGood() && fault.isPresent()) {
                last = new SignatureJudge.Finding(last.signer(), fault.get());
            }
            if (last.isGood()) {
                return last;
            }
        }
        return last;
    }

    private static byte[] block(ZipLayout zip, Map<String, ZipEntryFacts> entries, String file)
            throws Refused {
        for (String kind : JarNames.BLOCKS) {
            String name = file.substring(0, file.length() - 2) + kind;
            if (entries.containsKey(name)) {
                return content(zip, entries, name);
            }
        }
        throw new Refused("the signature block of `" + file + "` is missing");
    }

    private static byte[] content(ZipLayout zip, Map<String, ZipEntryFacts> entries, String name)
            throws Refused {
        ZipEntryFacts entry = entries.get(name);
        if (entry == null) {
            throw new Refused("it has no `" + name + "`");
        }
        return entry.content(zip.zip(), MAX_SIGNATURE_FILE);
    }

    static byte[] digest(String algorithm, ByteBuffer bytes) {
        try {
            MessageDigest digest = MessageDigest.getInstance(algorithm);
            digest.update(bytes.duplicate());
            return digest.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("this Java has no " + algorithm, e);
        }
    }
}
