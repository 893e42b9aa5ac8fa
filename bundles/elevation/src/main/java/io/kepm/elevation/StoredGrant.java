package io.kepm.elevation;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.CanonicalJson;
import io.kepm.api.elevation.Grant;
import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A grant as it is kept, with what tells after a crash whether its command still runs.
 *
 * @param pid the asking sudo, or what supervises a command in its unit; 0 when unknown
 * @param started when that process started, clock ticks since the boot; 0 when unknown
 * @param bootId the boot it belongs to
 * @param asked empty when its command can't be judged once more
 * @param allowProtected whether root by it may do what is for administrators
 */
record StoredGrant(
        Grant grant,
        int pid,
        long started,
        String bootId,
        GrantLife life,
        Optional<AskedAs> asked,
        boolean allowProtected) {

    private static final Duration FOR_EVER = Duration.ofDays(36_500);
    private static final ObjectMapper JSON = new ObjectMapper();

    byte[] toBytes() {
        return CanonicalJson.of(
                        Map.ofEntries(
                                Map.entry("id", grant.id()),
                                Map.entry("request", grant.requestId()),
                                Map.entry("user", grant.user()),
                                Map.entry("uid", grant.uid()),
                                Map.entry("path", grant.path()),
                                Map.entry("argv", grant.argv()),
                                Map.entry("run_as", grant.runAs()),
                                Map.entry("from", grant.from().toEpochMilli()),
                                Map.entry("to", grant.to().toEpochMilli()),
                                Map.entry("why", grant.why()),
                                Map.entry("pid", pid),
                                Map.entry("started", started),
                                Map.entry("boot_id", bootId),
                                Map.entry("limited", life.limited() ? 1 : 0),
                                Map.entry("scoped", life.scoped() ? 1 : 0),
                                Map.entry("boot_from", life.from().toMillis()),
                                Map.entry("lasts", life.lasts().toMillis()),
                                Map.entry("tty", life.tty()),
                                Map.entry("closed", life.closed() ? 1 : 0),
                                Map.entry("ending", life.ending().name()),
                                Map.entry("door", asked.map(AskedAs::door).orElse("")),
                                Map.entry("cwd", asked.map(AskedAs::cwd).orElse("")),
                                Map.entry("edit", asked.filter(AskedAs::edit).isPresent() ? 1 : 0),
                                Map.entry(
                                        "inside",
                                        asked.filter(AskedAs::inside).isPresent() ? 1 : 0),
                                Map.entry("allow_protected", allowProtected ? 1 : 0)))
                .getBytes(StandardCharsets.UTF_8);
    }

    static StoredGrant of(byte[] bytes) throws StorageException {
        try {
            JsonNode node = JSON.readTree(bytes);
            List<String> argv = new ArrayList<>();
            node.path("argv").forEach(word -> argv.add(word.asText()));
            Grant grant =
                    new Grant(
                            node.path("id").asText(),
                            node.path("request").asText(),
                            node.path("user").asText(),
                            node.path("uid").asLong(),
                            node.path("path").asText(),
                            argv,
                            node.path("run_as").asText(),
                            Instant.ofEpochMilli(node.path("from").asLong()),
                            Instant.ofEpochMilli(node.path("to").asLong()),
                            node.path("why").asText());
            return new StoredGrant(
                    grant,
                    node.path("pid").asInt(),
                    node.path("started").asLong(),
                    node.path("boot_id").asText(),
                    life(node),
                    asked(node),
                    node.path("allow_protected").asInt() == 1);
        } catch (IOException | IllegalArgumentException e) {
            throw new StorageException("a stored grant can't be read: " + e.getMessage(), e);
        }
    }

    /** A version before this one did not keep it. */
    private static Optional<AskedAs> asked(JsonNode node) {
        String door = node.path("door").asText("");
        return door.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new AskedAs(
                                door,
                                node.path("cwd").asText(""),
                                node.path("edit").asInt() == 1,
                                node.path("inside").asInt() == 1));
    }

    /** A version before this one knew the wall's clock alone. */
    private static GrantLife life(JsonNode node) {
        return new GrantLife(
                node.path("limited").asInt() == 1,
                node.path("scoped").asInt() == 1,
                Duration.ofMillis(node.path("boot_from").asLong()),
                Duration.ofMillis(node.path("lasts").asLong(FOR_EVER.toMillis())),
                node.path("tty").asText(""),
                node.path("closed").asInt() == 1,
                GrantLife.Ending.valueOf(node.path("ending").asText("NONE")));
    }

    String id() {
        return grant.id();
    }

    /** The same, for the process that stands for its command. */
    StoredGrant runBy(int by, long since) {
        return new StoredGrant(grant, by, since, bootId, life, asked, allowProtected);
    }

    StoredGrant with(GrantLife next) {
        return new StoredGrant(grant, pid, started, bootId, next, asked, allowProtected);
    }

    /** The same with another end, by both clocks. */
    StoredGrant lasting(Duration lasts, Instant to) {
        Grant until =
                new Grant(
                        grant.id(),
                        grant.requestId(),
                        grant.user(),
                        grant.uid(),
                        grant.path(),
                        grant.argv(),
                        grant.runAs(),
                        grant.from(),
                        to,
                        grant.why());
        return new StoredGrant(
                until, pid, started, bootId, life.lasting(lasts), asked, allowProtected);
    }

    /** A record of this grant, with what all of them name. */
    AuditDraft.Builder record(AuditType type, String outcome) {
        return AuditDraft.of(type, outcome)
                .request(grant.requestId())
                .user(user())
                .target(target())
                .detail("grant", id());
    }

    AuditDraft.UserInfo user() {
        return AuditDraft.UserInfo.of(grant.user(), grant.uid());
    }

    AuditDraft.TargetInfo target() {
        return new AuditDraft.TargetInfo(grant.path(), grant.argv(), "", "", grant.runAs());
    }
}
