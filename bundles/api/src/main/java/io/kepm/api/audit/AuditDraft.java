package io.kepm.api.audit;

import java.time.Instant;
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

    public AuditDraft {
        ids = Map.copyOf(ids);
        details = java.util.Collections.unmodifiableSortedMap(new TreeMap<>(details));
    }

    /** Who: {@code uid} -1 when unknown; the rest may be empty, {@code pid} 0. */
    public record UserInfo(String name, long uid, String session, String tty, int pid, String exe) {
        public static UserInfo of(String name, long uid) {
            return new UserInfo(name, uid, "", "", 0, "");
        }

        public UserInfo withSession(String value) {
            return new UserInfo(name, uid, value, tty, pid, exe);
        }
    }

    /** What: the command or file, and as whom. */
    public record TargetInfo(
            String path, List<String> argv, String sha256, String cwd, String runAs) {
        public TargetInfo {
            argv = List.copyOf(argv);
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
