package io.kepm.guard;

import io.kepm.signing.DigestList;
import io.kepm.signing.FileTree;
import io.kepm.signing.ListVerdict;
import io.kepm.signing.ListVerifier;
import io.kepm.signing.SignTree;
import io.kepm.signing.TrustedSigners;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The runtime folder and the signed list that says what has to lie in it. */
final class SignedRuntime {

    /** Made on this machine at installation, so no list can name it; its owner is checked. */
    static final String ARCHIVE = "kepm.jsa";

    private static final Set<String> NOT_LISTED =
            Set.of(SignTree.LIST, SignTree.SIGNATURE, ARCHIVE);

    /** Before the framework and again by it: the second time costs 20 ms less so. */
    private static final AtomicReference<@Nullable Judged> LAST = new AtomicReference<>();

    private final Path lib;

    SignedRuntime(Path lib) {
        this.lib = lib;
    }

    /** Whether the list is one of ours. The very same bytes are judged once in a process. */
    ListVerdict list() {
        try (InputStream pem = SignedRuntime.class.getResourceAsStream("trusted.pem")) {
            if (pem == null) {
                return new ListVerdict.Untrusted("this guard was built without certificates");
            }
            byte[] list = Files.readAllBytes(lib.resolve(SignTree.LIST));
            byte[] signature = Files.readAllBytes(lib.resolve(SignTree.SIGNATURE));
            Judged last = LAST.get();
            if (last != null && last.isOf(list, signature)) {
                return last.verdict();
            }
            ListVerdict verdict =
                    new ListVerifier(TrustedSigners.fromPem(pem)).verify(list, signature);
            LAST.set(new Judged(list, signature, verdict));
            return verdict;
        } catch (IOException e) {
            return new ListVerdict.Untrusted("digest list: it cannot be read: " + e);
        } catch (CertificateException e) {
            return new ListVerdict.Untrusted("certificates of the guard: " + e.getMessage());
        }
    }

    /** A verdict and the bytes that it is about, which nobody changes. */
    @SuppressWarnings("ArrayRecordComponent")
    private record Judged(byte[] list, byte[] signature, ListVerdict verdict) {
        boolean isOf(byte[] otherList, byte[] otherSignature) {
            return Arrays.equals(list, otherList) && Arrays.equals(signature, otherSignature);
        }
    }

    /** How the folder differs from the list: a file changed, missing, or one too many. */
    Optional<String> difference(DigestList list) throws IOException {
        return difference(list, read());
    }

    /** The files of the folder, being looked for and read from now on. */
    FileDigests read() {
        return FileDigests.begin(() -> FileTree.files(lib, NOT_LISTED));
    }

    /** The same with what was read. INVARIANT: a file without a digest is one that was changed. */
    Optional<String> difference(DigestList list, FileDigests read) throws IOException {
        Map<String, String> digests = read.all();
        SortedMap<String, Path> files = read.files();
        for (Map.Entry<String, Path> file : files.entrySet()) {
            String expected = list.digests().get(file.getKey());
            if (expected == null) {
                return Optional.of(
                        "`" + file.getValue() + "` is not in the signed digest list: remove it");
            }
            if (!expected.equals(digests.get(file.getKey()))) {
                return Optional.of(
                        "`"
                                + file.getValue()
                                + "` was changed since it was signed: reinstall the agent");
            }
        }
        return list.digests().keySet().stream()
                .filter(path -> !files.containsKey(path))
                .findFirst()
                .map(path -> "`" + lib.resolve(path) + "` is missing: reinstall the agent");
    }

    /** The bundles among what is listed. */
    static Set<String> bundles(DigestList list) {
        return list.digests().entrySet().stream()
                .filter(file -> file.getKey().startsWith("system/"))
                .filter(file -> file.getKey().endsWith(".jar"))
                .map(Map.Entry::getValue)
                .collect(Collectors.toUnmodifiableSet());
    }
}
