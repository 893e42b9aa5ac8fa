package io.kepm.signing;

import io.kepm.signing.ZipLayout.Refused;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.TrustAnchor;
import java.time.Instant;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
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
    private static final int MAX_SIGNATURES = 8;

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
            String content = Sha256.of(manifest);
            if (signers.revokes(content)) {
                return new JarVerdict.Refused("this very content was revoked", sha256, signer);
            }
            Set<String> signatures = signatureNames(entries);
            SignatureJudge.Finding best = signature(zip, entries, manifest, now);
            signer = best.signer();
            if (!best.isGood()) {
                return new JarVerdict.Refused(best.fault(), sha256, signer);
            }
            EntryDigests.check(zip, entries, manifest, signatures);
            return new JarVerdict.Trusted(
                    new Thumbprint(signer), sha256, content, MainSection.read(manifest));
        } catch (Refused e) {
            return new JarVerdict.Refused(String.valueOf(e.getMessage()), sha256, signer);
        }
    }

    /** Of the signature files and their blocks. */
    private static Set<String> signatureNames(Map<String, ZipEntryFacts> entries) throws Refused {
        Set<String> names = new LinkedHashSet<>();
        int files = 0;
        for (String name : entries.keySet()) {
            if (JarNames.isSignatureFile(name)) {
                files++;
                names.add(name);
            } else if (JarNames.isBlock(name)) {
                if (!entries.containsKey(JarNames.fileOfBlock(name))) {
                    throw new Refused("entry `" + name + "` is not signed, and signs nothing");
                }
                names.add(name);
            }
        }
        if (files > MAX_SIGNATURES) {
            throw new Refused("it has more than " + MAX_SIGNATURES + " signatures");
        }
        return names;
    }

    /**
     * The first good signature; else what is wrong with the last one. INVARIANT: each of them is
     * whole, so that nothing can be carried along in the place of a signature.
     */
    private SignatureJudge.Finding signature(
            ZipLayout zip,
            Map<String, ZipEntryFacts> entries,
            byte[] manifest,
            Optional<Instant> now)
            throws Refused {
        SignatureJudge.Finding best = SignatureJudge.Finding.broken("", "it is not signed");
        for (String name : entries.keySet()) {
            if (!JarNames.isSignatureFile(name)) {
                continue;
            }
            byte[] file = content(zip, entries, name);
            SignatureJudge.Finding found = judge.judge(block(zip, entries, name), file, now);
            Optional<String> fault = SignatureFile.fault(file, manifest);
            if (found.whole() && fault.isPresent()) {
                found = SignatureJudge.Finding.broken(found.signer(), fault.get());
            }
            if (!found.whole()) {
                return found;
            }
            best = best.isGood() ? best : found;
        }
        return best;
    }

    private static byte[] block(ZipLayout zip, Map<String, ZipEntryFacts> entries, String file)
            throws Refused {
        List<String> blocks =
                JarNames.BLOCKS.stream()
                        .map(kind -> file.substring(0, file.length() - 2) + kind)
                        .filter(entries::containsKey)
                        .toList();
        if (blocks.isEmpty()) {
            throw new Refused("the signature block of `" + file + "` is missing");
        }
        if (blocks.size() > 1) {
            throw new Refused("`" + file + "` has two signature blocks");
        }
        return content(zip, entries, blocks.get(0));
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
