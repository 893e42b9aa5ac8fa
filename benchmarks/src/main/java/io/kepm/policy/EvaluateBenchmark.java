package io.kepm.policy;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Decisions a second on one core, of each engine on the same generated rules and requests. */
@State(Scope.Benchmark)
public class EvaluateBenchmark {

    private static final int REQUESTS = 4096;

    @Param({"100", "1000", "10000", "100000"})
    public int rules;

    @Param({"kepm", "event-ruler", "scan", "jCasbin", "Cedar"})
    public String engine;

    private Engine asked = ask -> false;
    private int next;

    /** Loads, and holds the engine against what every engine has to answer. */
    @Setup
    public void setUp() throws Exception {
        RuleSet set = new RuleSet(rules, REQUESTS);
        asked = Engine.of(engine, set);
        Engine ours = new KepmEngine(set);
        int sample =
                engine.equals("Cedar")
                        ? Math.max(2, 2000 / rules)
                        : Math.min(REQUESTS, 400_000 / rules);
        int allowed = 0;
        for (int i = 0; i < sample; i++) {
            boolean allows = asked.allows(i);
            allowed += allows ? 1 : 0;
            if (allows != ours.allows(i)) {
                throw new IllegalStateException(engine + " disagrees on " + set.asks().get(i));
            }
        }
        if (allowed == 0 || allowed == sample) {
            throw new IllegalStateException("requests that all have one answer measure nothing");
        }
    }

    @Benchmark
    public boolean decide() {
        next = (next + 1) % REQUESTS;
        return asked.allows(next);
    }
}
