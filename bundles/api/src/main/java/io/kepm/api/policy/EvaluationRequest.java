package io.kepm.api.policy;

import java.util.List;
import java.util.Optional;

/**
 * One question to policy, with every fact it may look at; no part of it is looked up later.
 *
 * <p>Nothing here is checked on construction: a malformed request is a value that policy answers
 * with the guard {@code malformed}. {@code eventType} is therefore the name as it came.
 */
public record EvaluationRequest(
        String requestId,
        String eventType,
        String sessionId,
        User user,
        Machine machine,
        Target target,
        Optional<String> url,
        Access access,
        String cwd,
        String runAs,
        List<String> runAsGroups,
        Optional<Parent> parent,
        int aiLikelihoodPercent,
        boolean hasDesktop,
        Optional<String> justification) {

    public EvaluationRequest {
        runAsGroups = List.copyOf(runAsGroups);
    }

    /** Whether a file is to be read or written. */
    public enum Access {
        READ,
        WRITE
    }

    /**
     * The asker; groups are read fresh from the system for this request.
     *
     * @param domain an empty one is none: a policy for a plain name is about that user
     */
    public record User(
            String name,
            long uid,
            List<String> groups,
            Optional<String> home,
            Optional<String> domain) {
        public User {
            groups = List.copyOf(groups);
            domain = domain.filter(each -> !each.isEmpty());
        }
    }

    /** The machine that is asked on; {@code os} is {@code linux}. */
    public record Machine(String hostname, String os) {}

    /** The process that asked on the user's behalf. */
    public record Parent(int pid, String path) {}

    /**
     * What is to be run or opened.
     *
     * @param path as named: absolute and textually canonical
     * @param realPath with links resolved
     * @param argv the whole vector, {@code argv[0]} the name as typed
     * @param argvReal for {@code argv[1…]} in order: the resolved form of an argument that names an
     *     existing path, empty where a component is missing, a link, not root-owned, or writable by
     *     others
     * @param sha256 lower-case hex digest of the opened file, when it could be bound to what will
     *     run
     * @param certificates thumbprints, SHA-1 and SHA-256, lower-case hex
     * @param signerUnknown why there may be signers beside those of {@code certificates}; empty
     *     when those are all, be it none
     * @param unsafe reasons found by the system layer; empty means safe
     * @param setuid whether the file has a set-uid bit
     */
    public record Target(
            String path,
            String realPath,
            List<String> argv,
            List<Optional<String>> argvReal,
            Optional<String> sha256,
            List<String> certificates,
            String signerUnknown,
            List<String> unsafe,
            boolean setuid) {
        public Target {
            argv = List.copyOf(argv);
            argvReal = List.copyOf(argvReal);
            certificates = List.copyOf(certificates);
            unsafe = List.copyOf(unsafe);
        }

        /** Of a file whose signers are known, be it none. */
        public Target(
                String path,
                String realPath,
                List<String> argv,
                List<Optional<String>> argvReal,
                Optional<String> sha256,
                List<String> certificates,
                List<String> unsafe,
                boolean setuid) {
            this(path, realPath, argv, argvReal, sha256, certificates, "", unsafe, setuid);
        }
    }
}
