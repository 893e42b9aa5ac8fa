package io.kepm.api.storage;

/** The kinds of thing that are kept, each encrypted under its own context. */
public enum Table {
    SETTINGS,
    REQUESTS,
    GRANTS,
    POLICY_CACHE,
    AGENT_STATE,
    /** What runs or waits of jobs, and when they were due last. */
    JOB_STATE,
    /** Runs of jobs that are over. */
    JOB_RUNS,
    /** Recorded commands, each with the key of its file. */
    SESSIONS,
    /** Keys and other secrets of the agent itself, under a data key of their own. */
    SECRETS
}
