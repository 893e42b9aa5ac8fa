package io.kepm.api.storage;

/** The kinds of thing that are kept, each encrypted under its own context. */
public enum Table {
    SETTINGS,
    REQUESTS,
    GRANTS,
    POLICY_CACHE,
    AGENT_STATE,
    /** Keys and other secrets of the agent itself, under a data key of their own. */
    SECRETS
}
