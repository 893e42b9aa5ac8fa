package io.kepm.api.audit;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A record before the writer gives it its place in the order. Immutable; build with {@link #of}.
 *
 * <p>Absent values are empty strings or empty optionals and are left out of the canonical form.
 * What looks like a secret in the reason, which may be what somebody typed, is hidden ({@link
 * Secrets}).
 */
public record AuditDraft(
        AuditType type,
        String outcome,
        Optional<Instant> eventTime,
        Map<String, String> ids,
        Optional<UserInfo> user,
        Optional<TargetInfo> target,
        Optional<UserInfo> admin,
        String reason,
        SortedMap<String, String> details) {

    /**
     * Bytes at most of a reason or a detail, as a record writes it; what is longer is cut and ends
     * in {@code …}.
     */
    public static final int LONGEST_TEXT = 8192;

    /** The same of a terminal, a program, a plugin or its version. */
    public static final int LONGEST_WORD = 1024;

    /** The member of {@code ids} that names a plugin. */
    public static final String PLUGIN_UID = "plugin_uid";

    /** Bytes of {@code …} in UTF-8. */
    private static final int ELLIPSIS = 3;

    public AuditDraft {
        ids = Map.copyOf(ids);
        reason = cut(Secrets.hiddenInText(cut(reason)));
        TreeMap<String, String> bounded = new TreeMap<>(details);
        bounded.replaceAll((key, value) -> cut(value));
        details = Collections.unmodifiableSortedMap(bounded);
    }

    private static String cut(String text) {
        return cut(text, LONGEST_TEXT);
    }

    private static String cut(String text, int longest) {
        int fitting = CanonicalJson.fitting(text, longest);
        return fitting == text.length()
                ? text
                : text.substring(0, CanonicalJson.fitting(text, longest - ELLIPSIS)) + "…";
    }

    /** Who: {@code uid} -1 when unknown; the rest may be empty, {@code pid} 0. */
    public record UserInfo(String name, long uid, String session, String tty, int pid, String exe) {
        public UserInfo {
            tty = cut(tty, LONGEST_WORD);
            exe = cut(exe, LONGEST_WORD);
        }

        public static UserInfo of(String name, long uid) {
            return new UserInfo(name, uid, "", "", 0, "");
        }

        public UserInfo withSession(String value) {
            return new UserInfo(name, uid, value, tty, pid, exe);
        }

        public UserInfo at(String terminal, int process) {
            return new UserInfo(name, uid, session, terminal, process, exe);
        }
    }

    /**
     * What: the command or file, and as whom. A vector of more than {@link #LONGEST_VECTOR} bytes
     * (as a record writes it, escapes included) is kept up to there; the rest is one word that says
     * how much there was and its digest, so that nobody can make a record too large to be written.
     * What looks like a secret is hidden ({@link Secrets}).
     */
    public record TargetInfo(
            String path, List<String> argv, String sha256, String cwd, String runAs) {

        /** Bytes of a vector that a record holds: a thousand records have to fit into memory. */
        public static final int LONGEST_VECTOR = 32_768;

        public TargetInfo {
            path = cut(path);
            cwd = cut(cwd);
            argv = bounded(Secrets.hiddenInArgv(argv));
        }

        private static List<String> bounded(List<String> argv) {
            long length = argv.stream().mapToLong(word -> CanonicalJson.bytes(word) + 1L).sum();
            if (length <= LONGEST_VECTOR) {
                return List.copyOf(argv);
            }
            List<String> kept = new ArrayList<>();
            int room = LONGEST_VECTOR;
            for (String word : argv) {
                int bytes = CanonicalJson.bytes(word);
                if (bytes >= room) {
                    kept.add(word.substring(0, CanonicalJson.fitting(word, room - 1)));
                    break;
                }
                kept.add(word);
                room -= bytes + 1;
            }
            kept.add(
                    "… ("
                            + argv.size()
                            + " words, SHA-256 "
                            + AuditChain.hash(String.join("\0", argv))
                            + ")");
            return List.copyOf(kept);
        }
    }

    /** Starts a draft; {@code outcome} is a short constant such as {@code ALLOW} or {@code OK}. */
    public static Builder of(AuditType type, String outcome) {
        return new Builder(type, outcome);
    }

    /** Collects the parts of one draft; not for use by two threads. */
    public static final class Builder {
        private final AuditType type;
        private final String outcome;
        private final Map<String, String> ids = new LinkedHashMap<>();
        private final SortedMap<String, String> details = new TreeMap<>();
        private Optional<Instant> time = Optional.empty();
        private Optional<UserInfo> user = Optional.empty();
        private Optional<TargetInfo> target = Optional.empty();
        private Optional<UserInfo> admin = Optional.empty();
        private String reason = "";

        private Builder(AuditType type, String outcome) {
            this.type = type;
            this.outcome = outcome;
        }

        /** When it happened, if that is not the moment of the commit (adopted records). */
        public Builder time(Instant value) {
            time = Optional.of(value);
            return this;
        }

        public Builder session(String sessionUid) {
            return id("session_uid", sessionUid);
        }

        /** How the session reached us: {@code sudo}, {@code api}, {@code system}. */
        public Builder sessionType(String value) {
            return id("session_type", value);
        }

        public Builder policy(String policyUid, int version) {
            return id("policy_uid", policyUid).id("policy_version", Integer.toString(version));
        }

        /** {@code policy_evaluation_status} of policy.md §4. */
        public Builder status(int value) {
            return id("policy_evaluation_status", Integer.toString(value));
        }

        /**
         * The plugin that it is about, or that asked.
         *
         * @param version empty when it is not known
         */
        public Builder plugin(String pluginUid, String version) {
            return id(PLUGIN_UID, cut(pluginUid, LONGEST_WORD))
                    .id("plugin_version", cut(version, LONGEST_WORD));
        }

        public Builder request(String requestUid) {
            return id("request_uid", requestUid);
        }

        public Builder requestStatus(String value) {
            return id("request_status", value);
        }

        public Builder user(UserInfo value) {
            user = Optional.of(value);
            return this;
        }

        public Builder target(TargetInfo value) {
            target = Optional.of(value);
            return this;
        }

        public Builder admin(UserInfo value) {
            admin = Optional.of(value);
            return this;
        }

        public Builder reason(String value) {
            reason = value;
            return this;
        }

        public Builder detail(String key, String value) {
            details.put(key, value);
            return this;
        }

        private Builder id(String key, String value) {
            if (!value.isEmpty()) {
                ids.put(key, value);
            }
            return this;
        }

        public AuditDraft build() {
            return new AuditDraft(type, outcome, time, ids, user, target, admin, reason, details);
        }
    }
}
