package io.kepm.storage;

import java.util.List;

/** Settings that can't be used; names every fault at once. */
final class FaultySettings extends Exception {

    private final List<String> faults;

    FaultySettings(List<String> faults) {
        super(String.join("; ", faults));
        this.faults = List.copyOf(faults);
    }

    List<String> faults() {
        return faults;
    }
}
