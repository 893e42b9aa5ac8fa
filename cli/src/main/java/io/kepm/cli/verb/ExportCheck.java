package io.kepm.cli.verb;

import io.kepm.api.audit.AuditChain;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.ChainVerifier;
import io.kepm.cli.json.Exported;
import io.kepm.cli.json.Json;
import io.kepm.cli.json.JsonReader;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/** Checks the chain in a file of JSON lines. Not for use by two threads. */
final class ExportCheck {

    private static final int LINE_LIMIT = 16 << 20;

    private Optional<ChainVerifier> chain = Optional.empty();
    private long first = 1;
    private String fault = "";

    private ExportCheck() {}

    /**
     * The result in the agent's form, with {@code first}: the place of the first record.
     *
     * @throws IOException when the file can't be read or holds no record
     */
    static Json of(Path file) throws IOException {
        ExportCheck check = new ExportCheck();
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
        fault = chain.get().accept(entry).orElse("");
    }

    private Json result() throws IOException {
        if (chain.isEmpty() && fault.isEmpty()) {
            throw new IOException("it holds no record");
        }
        Map<String, Json> result = new LinkedHashMap<>();
        result.put("intact", Json.of(fault.isEmpty()));
        result.put("records", Json.of(chain.map(ChainVerifier::count).orElse(0L)));
        result.put("head", Json.of(chain.map(ChainVerifier::head).orElse("")));
        result.put("firstBad", Json.of(fault));
        result.put("anchored", Json.of(false));
        result.put("first", Json.of(first));
        return Json.object(result);
    }
}
