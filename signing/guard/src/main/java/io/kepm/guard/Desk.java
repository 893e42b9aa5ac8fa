package io.kepm.guard;

import io.kepm.signing.DetachedVerifier;
import io.kepm.signing.JarVerdict;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.BundleException;

/**
 * What the guard tells the agent's own bundles, which share no class with it: a question and its
 * answer are maps of plain values. Questions: {@code bundle}, {@code package}, {@code again} (a
 * ByteBuffer each), {@code file} with {@code signature} (bytes), {@code sweep}, and none of them
 * for what is trusted. Safe for use by many threads.
 */
public final class Desk implements Function<Map<String, Object>, Map<String, Object>> {

    private final SignerBook book;
    private final HotBundles hot;
    private final Origins origins;
    private final RefusalSpool spool;
    private final BundleContext framework;

    Desk(
            SignerBook book,
            HotBundles hot,
            Origins origins,
            RefusalSpool spool,
            BundleContext framework) {
        this.book = book;
        this.hot = hot;
        this.origins = origins;
        this.spool = spool;
        this.framework = framework;
    }

    @Override
    public Map<String, Object> apply(Map<String, Object> question) {
        if (question.get("bundle") instanceof ByteBuffer jar) {
            return answer(hot.bundle(jar));
        }
        if (question.get("package") instanceof ByteBuffer jar) {
            return answer(hot.pack(jar));
        }
        if (question.get("again") instanceof ByteBuffer jar) {
            return answer(hot.again(jar));
        }
        if (question.get("file") instanceof byte[] file
                && question.get("signature") instanceof byte[] signature) {
            return answer(file, signature);
        }
        return question.containsKey("sweep") ? sweep() : trusted();
    }

    private static Map<String, Object> answer(HotBundles.Finding finding) {
        return Map.of(
                "sha256", finding.sha256(),
                "signer", finding.signer(),
                "fault", finding.fault(),
                "symbolicName", finding.symbolicName());
    }

    private Map<String, Object> answer(byte[] file, byte[] signature) {
        JarVerdict verdict =
                new DetachedVerifier(book.signers())
                        .verify(file, signature, Optional.of(Instant.now()));
        if (verdict instanceof JarVerdict.Trusted trusted) {
            return answer(new HotBundles.Finding(trusted.sha256(), trusted.signer().hex(), "", ""));
        }
        return verdict instanceof JarVerdict.Refused refused
                ? answer(
                        new HotBundles.Finding(
                                refused.sha256(), refused.signer(), refused.reason(), ""))
                : answer(new HotBundles.Finding("", "", "it could not be judged", ""));
    }

    private Map<String, Object> trusted() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("builtIn", book.builtIn());
        answer.put("alternative", book.alternative().thumbprints().stream().sorted().toList());
        answer.put("warnings", book.alternative().warnings());
        answer.put("revoked", book.signers().revoked().stream().sorted().toList());
        return answer;
    }

    /** Looks at the list of what was taken back, and throws out what is on it. */
    private Map<String, Object> sweep() {
        book.readRevoked();
        List<String> thrown = new ArrayList<>();
        origins.hot()
                .forEach(
                        (id, sha256) ->
                                hot.revoked(sha256)
                                        .ifPresent(reason -> throwOut(id, sha256, reason, thrown)));
        return Map.of("thrownOut", thrown);
    }

    private void throwOut(long id, String sha256, String reason, List<String> thrown) {
        Bundle bundle = framework.getBundle(id);
        if (bundle == null || thrown.contains(bundle.getLocation())) {
            return;
        }
        spool.add(
                new Refusal(
                        bundle.getLocation(),
                        sha256,
                        String.valueOf(bundle.getSymbolicName()),
                        reason,
                        ""));
        thrown.add(bundle.getLocation());
        origins.left(id);
        // It may hang in its own stop; nobody waits for that.
        Thread thread = new Thread(() -> uninstall(bundle), "kepm-guard-" + id);
        thread.setDaemon(true);
        thread.start();
    }

    private static void uninstall(Bundle bundle) {
        try {
            bundle.uninstall();
        } catch (BundleException | IllegalStateException e) {
            System.err.println("guard: a revoked bundle was not uninstalled: " + e);
        }
    }
}
