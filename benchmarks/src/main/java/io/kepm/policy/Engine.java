package io.kepm.policy;

/** One engine, loaded with a rule set, that is asked for its requests by their numbers. */
interface Engine {

    boolean allows(int ask);

    /** Builds an engine of that name: {@code kepm}, {@code scan}, or a peer's. */
    static Engine of(String name, RuleSet set) throws Exception {
        return switch (name) {
            case "kepm" -> new KepmEngine(set);
            case "scan" -> new ScanEngine(set);
            case "event-ruler" -> new RulerEngine(set);
            case "jCasbin" -> new CasbinEngine(set);
            case "Cedar" -> new CedarEngine(set);
            default -> throw new IllegalArgumentException(name);
        };
    }
}
