package io.kepm.trust;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.audit.AuditChain;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** What the watch saw last, kept in the store: so a change while the agent was down is noticed. */
final class FileMemory {

    private static final String PREFIX = "watch/file/";
    private static final String BEGAN = "watch/began";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Storage storage;

    FileMemory(Storage storage) {
        this.storage = storage;
    }

    /** Whether there was a watch before. */
    boolean isThere() throws StorageException {
        return storage.get(Table.AGENT_STATE, BEGAN).isPresent();
    }

    /** All files by path; what can't be read is as if it had not been there. */
    Map<String, FileState> all() throws StorageException {
        Map<String, FileState> all = new HashMap<>();
        for (Map.Entry<String, byte[]> item : storage.list(Table.AGENT_STATE).entrySet()) {
            if (item.getKey().startsWith(PREFIX)) {
                try {
                    FileState state = read(JSON.readTree(item.getValue()));
                    all.put(state.path(), state.withoutKeys());
                } catch (IOException e) {
                    throw new StorageException("what the watch of files kept can't be read", e);
                }
            }
        }
        return all;
    }

    /** One file with its keys. */
    Optional<FileState> one(String path) throws StorageException {
        Optional<byte[]> kept = storage.get(Table.AGENT_STATE, key(path));
        try {
            return kept.isPresent()
                    ? Optional.of(read(JSON.readTree(kept.get())))
                    : Optional.empty();
        } catch (IOException e) {
            throw new StorageException("what the watch of files kept can't be read", e);
        }
    }

    static Mutation began() {
        return new Mutation.Put(Table.AGENT_STATE, BEGAN, new byte[] {'1'});
    }

    static Mutation keep(FileState state) {
        ObjectNode json = JSON.createObjectNode();
        json.put("path", state.path());
        json.put("sha256", state.sha256());
        json.put("uid", state.uid());
        json.put("gid", state.gid());
        json.put("mode", state.mode());
        json.put("link", state.link());
        json.put("stamp", state.stamp());
        ObjectNode keys = json.putObject("keys");
        new TreeMap<>(state.keys()).forEach(keys::put);
        return new Mutation.Put(
                Table.AGENT_STATE,
                key(state.path()),
                json.toString().getBytes(StandardCharsets.UTF_8));
    }

    static Mutation forget(FileState state) {
        return new Mutation.Take(Table.AGENT_STATE, key(state.path()));
    }

    private static String key(String path) {
        return PREFIX + AuditChain.hash(path);
    }

    private static FileState read(JsonNode json) {
        Map<String, String> keys = new HashMap<>();
        json.path("keys")
                .properties()
                .forEach(key -> keys.put(key.getKey(), key.getValue().asText()));
        return new FileState(
                json.path("path").asText(),
                json.path("sha256").asText(),
                json.path("uid").asInt(),
                json.path("gid").asInt(),
                json.path("mode").asInt(),
                json.path("link").asText(),
                keys,
                json.path("stamp").asText());
    }
}
