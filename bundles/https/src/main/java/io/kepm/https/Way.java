package io.kepm.https;

import java.util.function.Supplier;

/** How an admitted request goes on. */
sealed interface Way {

    /** Answered from memory, by whoever read the request. */
    record Told(Answer answer) implements Way {}

    /** An identified caller's work, which may wait: not for the few threads of strangers. */
    record Work(Supplier<Answer> answer) implements Way {}

    static Way told(Answer answer) {
        return new Told(answer);
    }
}
