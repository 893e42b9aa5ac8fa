package io.kepm.storage;

import io.kepm.api.storage.Table;
import java.util.Locale;

/** What a data key is for: each purpose has a key of its own, so that one can be renewed alone. */
enum Purpose {
    SETTINGS,
    REQUESTS,
    AUDIT,
    SECRETS,
    INDEX;

    /** The purpose whose key seals the values of a table. */
    static Purpose of(Table table) {
        return switch (table) {
            case REQUESTS, GRANTS, JOB_RUNS -> REQUESTS;
            case SECRETS, SESSIONS -> SECRETS;
            case SETTINGS, POLICY_CACHE, AGENT_STATE, JOB_STATE -> SETTINGS;
        };
    }

    /** The word in the store. */
    String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
