package io.kepm.cli;

/** One thing that {@code kepm} can be asked. */
public interface Verb {

    /** Names the options and operands; all of them are described in the catalogue. */
    void declare(Usage usage);

    /**
     * Does it.
     *
     * @return the exit code
     * @throws Fault when it ends early
     */
    int run(Call call) throws Fault;
}
