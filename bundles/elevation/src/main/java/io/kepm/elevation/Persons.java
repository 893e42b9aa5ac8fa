package io.kepm.elevation;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.kepm.api.json.JsonFault;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Which accounts belong to one person: {@code persons.json}, an object of lists of account names by
 * person. Without an entry each account is a person. Read anew each time it is asked.
 */
final class Persons {

    private static final long MOST_BYTES = 1 << 20;
    private static final ObjectMapper JSON =
            new ObjectMapper()
                    .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    private final Path file;
    private final FileTrust trust;

    Persons(Path file, FileTrust trust) {
        this.file = file;
        this.trust = trust;
    }

    /** The file can't be believed or understood: nobody may approve then. */
    static final class Unknown extends Exception {
        private static final long serialVersionUID = 1L;

        private Unknown(String message) {
            super(message);
        }
    }

    /** Who stands behind an account. */
    String of(String account) throws Unknown {
        return read().getOrDefault(account, account);
    }

    private Map<String, String> read() throws Unknown {
        if (!Files.exists(file)) {
            return Map.of();
        }
        List<FileTrust.Violation> violations = trust.check(file);
        if (!violations.isEmpty()) {
            throw new Unknown("`" + file + "` " + violations.get(0).detail());
        }
        if (!Files.isRegularFile(file)) {
            throw new Unknown("`" + file + "` is not a regular file");
        }
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new Unknown("`" + file + "` is longer than 1 MiB");
            }
            return parsed(JSON.readTree(Files.readAllBytes(file)));
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            throw new Unknown(
                    "`"
                            + file
                            + "` is no JSON: "
                            + JsonFault.text(
                                    at == null ? 0 : at.getLineNr(),
                                    at == null ? 0 : at.getColumnNr(),
                                    e.getOriginalMessage()));
        } catch (IOException e) {
            throw new Unknown("`" + file + "` can't be read: " + e.getMessage());
        }
    }

    private Map<String, String> parsed(JsonNode root) throws Unknown {
        Map<String, String> persons = new HashMap<>();
        if (!root.isObject()) {
            throw new Unknown("`" + file + "` is no object of lists of accounts");
        }
        for (Map.Entry<String, JsonNode> entry : root.properties()) {
            for (JsonNode account : entry.getValue()) {
                String former = persons.put(account.asText(), "person " + entry.getKey());
                if (!account.isTextual() || former != null) {
                    throw new Unknown(
                            "`"
                                    + file
                                    + "`: `"
                                    + entry.getKey()
                                    + "`: account names are expected, each once");
                }
            }
        }
        return persons;
    }
}
