package io.kepm.guard;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
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
 * ByteBuffer each), {@code file} with {@code signature} (bytes), {@code sweep}, {@code leave}
 * (SHA-256 of a bundle that may be older than what was here, which only {@code plugins} may say),
 * and none of them for what is trusted. Safe for use by many threads.
 */
public final class Desk implements Function<Map<String, Object>, Map<String, Object>> {

    /** The one bundle that is told when an older version is meant. */
    private static final String PLUGINS = "io.kepm.plugins";

    private final SignerBook book;
    private final HotBundles hot;
    private final Origins origins;
    private final RefusalSpool spool;
    private final BundleContext framework;
    private final Function<? super Bundle, ? extends Path> jar;
    private int looks;

    /**
     * @param jar where the framework keeps a bundle
     */
    Desk(
            SignerBook book,
            HotBundles hot,
            Origins origins,
            RefusalSpool spool,
            BundleContext framework,
            Function<? super Bundle, ? extends Path> jar) {
        this.book = book;
        this.hot = hot;
        this.origins = origins;
        this.spool = spool;
        this.framework = framework;
        this.jar = jar;
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
            return answer(hot.file(file, signature));
        }
        if (question.get("leave") instanceof String sha256) {
            return leave(sha256);
        }
        return question.containsKey("sweep") ? sweep() : trusted();
    }

    /** INVARIANT: that an older version is meant is believed of the agent's own code alone. */
    private Map<String, Object> leave(String sha256) {
        Optional<Bundle> caller = Caller.bundle();
        boolean plugins =
                caller.filter(bundle -> origins.isShipped(bundle.getBundleId()))
                        .filter(bundle -> PLUGINS.equals(bundle.getSymbolicName()))
                        .isPresent();
        if (plugins) {
            hot.leave(sha256);
            return Map.of("fault", "");
        }
        String fault = "it would let an older version in";
        spool.add(
                new Refusal(
                        caller.map(Bundle::getLocation).orElse("unknown"),
                        caller.flatMap(bundle -> origins.digest(bundle.getBundleId())).orElse(""),
                        caller.map(bundle -> String.valueOf(bundle.getSymbolicName())).orElse(""),
                        fault,
                        ""));
        return Map.of("fault", fault);
    }

    private static Map<String, Object> answer(HotBundles.Finding finding) {
        return Map.of(
                "sha256", finding.sha256(),
                "signer", finding.signer(),
                "fault", finding.fault(),
                "symbolicName", finding.symbolicName());
    }

    private Map<String, Object> trusted() {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("builtIn", book.builtIn());
        answer.put("alternative", book.alternative().thumbprints().stream().sorted().toList());
        answer.put("warnings", book.warnings());
        answer.put("revoked", book.signers().revoked().stream().sorted().toList());
        return answer;
    }

    /**
     * Looks at the lists of what was taken back, and throws out what is on them. When they grew,
     * all is judged again, twice: what was just coming in is met by the second look.
     */
    private synchronized Map<String, Object> sweep() {
        looks = book.readRevoked() ? 2 : Math.max(0, looks - 1);
        List<String> thrown = new ArrayList<>();
        origins.hot()
                .forEach(
                        (id, sha256) ->
                                hot.revoked(sha256)
                                        .or(() -> looks > 0 ? fault(id) : Optional.empty())
                                        .ifPresent(reason -> throwOut(id, sha256, reason, thrown)));
        return Map.of("thrownOut", thrown);
    }

    private Optional<String> fault(long id) {
        Bundle bundle = framework.getBundle(id);
        if (bundle == null) {
            return Optional.empty();
        }
        try {
            byte[] bytes = Files.readAllBytes(jar.apply(bundle));
            return Optional.of(hot.again(ByteBuffer.wrap(bytes)).fault())
                    .filter(fault -> !fault.isEmpty());
        } catch (IOException e) {
            return Optional.of("it cannot be read again: " + e);
        }
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
