package io.kepm.trust;

import io.kepm.api.trust.Signatures;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * The guard's answers in the agent's words. The two share no class: question and answer are maps of
 * plain values. INVARIANT: without the guard's desk nothing is good.
 */
final class GuardDesk implements Signatures {

    private static final Verdict NO_DESK =
            new Verdict("", "", "the framework guard does not answer");

    private final Supplier<Optional<Function<Map<String, Object>, Map<String, Object>>>> desk;

    /**
     * @param desk the service of the framework itself, if it is there
     */
    GuardDesk(Supplier<Optional<Function<Map<String, Object>, Map<String, Object>>>> desk) {
        this.desk = desk;
    }

    @Override
    public Verdict bundle(ByteBuffer jar) {
        return verdict(Map.of("bundle", jar));
    }

    @Override
    public Verdict pack(ByteBuffer jar) {
        return verdict(Map.of("package", jar));
    }

    @Override
    public Verdict again(ByteBuffer jar) {
        return verdict(Map.of("again", jar));
    }

    @Override
    public Verdict detached(byte[] file, byte[] signature) {
        return verdict(Map.of("file", file, "signature", signature));
    }

    @Override
    public Signers signers() {
        Map<String, Object> answer = ask(Map.of());
        return new Signers(
                texts(answer, "builtIn"),
                texts(answer, "alternative"),
                answer.isEmpty() ? List.of(NO_DESK.fault()) : texts(answer, "warnings"),
                texts(answer, "revoked"));
    }

    /** Has the guard throw out what was revoked; the locations of what it threw out. */
    List<String> sweep() {
        return texts(ask(Map.of("sweep", true)), "thrownOut");
    }

    private Verdict verdict(Map<String, Object> question) {
        Map<String, Object> answer = ask(question);
        return answer.get("sha256") instanceof String sha256
                        && answer.get("signer") instanceof String signer
                        && answer.get("fault") instanceof String fault
                ? new Verdict(sha256, signer, fault)
                : NO_DESK;
    }

    private Map<String, Object> ask(Map<String, Object> question) {
        return desk.get().map(found -> found.apply(question)).orElse(Map.of());
    }

    private static List<String> texts(Map<String, Object> answer, String name) {
        return answer.get(name) instanceof List<?> list
                ? list.stream().map(String::valueOf).toList()
                : List.of();
    }
}
