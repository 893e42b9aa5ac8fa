package io.kepm.cli.verb;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.ChainVerifier;
import io.kepm.api.audit.Checkpoint;
import io.kepm.cli.json.Exported;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Checks the chain in a file of JSON lines, and the signatures in it: who makes up a chain can't
 * make up the checkpoints of an agent's key. Not for use by two threads.
 */
final class ExportCheck {

    private static final int LINE_LIMIT = 16 << 20;

    /** Twice what the agent writes between two checkpoints. */
    static final int MOST_UNSIGNED = 512;

    private Optional<ChainVerifier> chain = Optional.empty();
    private final boolean known;
    private String key;
    private long checkpoints;
    private long signed;
    private long first = 1;
    private long last;
    private String fault = "";

    private ExportCheck(String key) {
        this.key = key;
        known = !key.isEmpty();
    }

    /**
     * The result in the agent's form, with {@code first}, the place of the first record, {@code
     * signedTo}, that of the last record which a checkpoint stands for, and the {@code key} of the
     * checkpoints.
     *
     * @param key the agent's, as its checkpoints name it; empty: the one that the first of them
     *     names. With one, a file without a checkpoint of it, or with more than {@value
     *     #MOST_UNSIGNED} records after the last, is not intact.
     * @throws IOException when the file can't be read or holds no record
     */
    static Json of(Path file, String key) throws IOException {
        ExportCheck check = new ExportCheck(key);
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            ByteArrayOutputStream line = new ByteArrayOutputStream(1 << 12);
            long number = 0;
            int b = in.read();
            while (b >= 0 && check.fault.isEmpty()) {
                if (b == '\n') {
                    check.accept(line.toByteArray(), ++number);
                    line.reset();
                } else if (line.size() >= LINE_LIMIT) {
                    throw new IOException("line " + (number + 1) + " is too long");
                } else {
                    line.write(b);
                }
                b = in.read();
            }
            if (line.size() > 0 && check.fault.isEmpty()) {
                check.accept(line.toByteArray(), ++number);
            }
        }
        return check.result();
    }

    private void accept(byte[] line, long number) {
        Json record;
        AuditEntry entry;
        try {
            record = JsonReader.read(line);
            entry = Exported.entry(record);
        } catch (IOException | IllegalArgumentException e) {
            fault = "line " + number + ": " + e.getMessage();
            return;
        }
        if (chain.isEmpty()) {
            first = entry.seq();
            // The first record has nothing before it; what one from the middle names is believed.
            String before = first == 1 ? AuditChain.GENESIS : record.at("prev_hash").text();
            chain = Optional.of(new ChainVerifier(first, before));
        }
        last = entry.seq();
        fault = chain.get().accept(entry).orElse("");
        if (fault.isEmpty() && entry.type().equals(AuditType.AUDIT_CHECKPOINT.name())) {
            signature(entry, record.at("details").at("key").text());
        }
    }

    private void signature(AuditEntry entry, String named) {
        if (key.isEmpty()) {
            key = named;
        }
        Optional<PublicKey> agents = Checkpoint.key(key);
        fault =
                agents.isEmpty()
                        ? "checkpoint " + entry.seq() + " names no key"
                        : Checkpoint.fault(entry, agents.get()).orElse("");
        if (fault.isEmpty()) {
            checkpoints++;
            signed = entry.seq() - 1;
        }
    }

    /** What the key does not stand for: anybody could have made that up. */
    private String unsigned() {
        if (checkpoints == 0) {
            return "no checkpoint in it is signed by that key";
        }
        // The checkpoint itself is the one after what it stands for.
        return last - signed - 1 > MOST_UNSIGNED
                ? "records after " + (signed + 1) + " are signed by nobody"
                : "";
    }

    private Json result() throws IOException {
        if (chain.isEmpty() && fault.isEmpty()) {
            throw new IOException("it holds no record");
        }
        if (known && fault.isEmpty()) {
            fault = unsigned();
        }
        Map<String, Json> result = new LinkedHashMap<>();
        result.put("intact", Json.of(fault.isEmpty()));
        result.put("records", Json.of(chain.map(ChainVerifier::count).orElse(0L)));
        result.put("head", Json.of(chain.map(ChainVerifier::head).orElse("")));
        result.put("firstBad", Json.of(fault));
        result.put("anchored", Json.of(false));
        result.put("first", Json.of(first));
        result.put("checkpoints", Json.of(checkpoints));
        if (checkpoints > 0) {
            result.put("signedTo", Json.of(signed));
            result.put("key", Json.of(key));
        }
        return Json.object(result);
    }
}
