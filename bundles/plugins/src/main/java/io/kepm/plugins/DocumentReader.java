package io.kepm.plugins;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.kepm.api.json.JsonFault;
import io.kepm.api.settings.PluginFile;
import io.kepm.api.trust.TopicRights;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Reads one document, and says all that is wrong with it at once. */
final class DocumentReader {

    static final int MAX_BYTES = 256 << 10;
    static final String ID = "[A-Za-z0-9][A-Za-z0-9.-]{0,127}";

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();
    private static final Set<String> KNOWN =
            Set.of(
                    "id",
                    "name",
                    "description",
                    "version",
                    "pluginType",
                    "bundle",
                    "executablePath",
                    "arguments",
                    "runAs",
                    "supportedPlatforms",
                    "Subscription",
                    "metadata",
                    "settings",
                    "startupPriority",
                    "autoStart",
                    "requiresMonitoring",
                    "autoRestart",
                    "executionContext",
                    "healthCheck",
                    "restart");

    private final List<String> faults = new ArrayList<>();

    private DocumentReader() {}

    /** What a document says, or everything that is wrong with it, each with its place. */
    record Read(Optional<PluginDocument> document, List<String> faults) {
        static Read faulty(String fault) {
            return new Read(Optional.empty(), List.of(fault));
        }
    }

    /**
     * Reads a document.
     *
     * @param id what its file is called
     */
    static Read read(byte[] bytes, String id) {
        if (bytes.length > MAX_BYTES) {
            return Read.faulty("larger than " + MAX_BYTES + " bytes");
        }
        try {
            JsonNode root = JSON.readTree(bytes);
            if (root == null || !root.isObject()) {
                return Read.faulty("not one JSON object");
            }
            DocumentReader reader = new DocumentReader();
            PluginDocument document = reader.document(root, id);
            return reader.faults.isEmpty()
                    ? new Read(Optional.of(document), List.of())
                    : new Read(Optional.empty(), List.copyOf(reader.faults));
        } catch (JsonProcessingException e) {
            JsonLocation at = e.getLocation();
            return Read.faulty(
                    "not JSON as accepted here: "
                            + JsonFault.text(
                                    at == null ? 0 : at.getLineNr(),
                                    at == null ? 0 : at.getColumnNr(),
                                    e.getOriginalMessage()));
        } catch (IOException e) {
            return Read.faulty("it cannot be read: " + e.getMessage());
        }
    }

    private PluginDocument document(JsonNode root, String id) {
        root.fieldNames()
                .forEachRemaining(
                        name -> {
                            if (!KNOWN.contains(name)) {
                                fault("/" + name, "unknown member");
                            }
                        });
        String own = text(root, "id", "");
        if (!own.equals(id) || !own.matches(ID)) {
            fault("/id", "it has to be `" + id + "`, as the file is called");
        }
        PluginDocument.Kind kind = kind(root);
        boolean service = kind == PluginDocument.Kind.SERVICE;
        if (root.has(service ? "executablePath" : "bundle")) {
            fault(service ? "/executablePath" : "/bundle", "not for a " + kind.word());
        }
        PluginDocument.Context context = context(root, service);
        JsonNode checks = object(root, "healthCheck");
        boolean ping = ping(checks, service);
        Map<String, Object> metadata = Metadata.of(object(root, "metadata"));
        JsonNode restart = object(root, "restart");
        return new PluginDocument(
                own,
                text(root, "name", own),
                text(root, "description", ""),
                version(root),
                kind,
                context,
                code(root, kind, id),
                texts(root, "arguments", "/arguments"),
                text(root, "runAs", PluginDocument.PLUGIN_ACCOUNT),
                platforms(root),
                topics(root, own, ping),
                metadata,
                new SettingsReader(this::fault)
                        .read(object(root, "settings"), PluginFile.values(metadata)),
                number(root, "startupPriority", "", 100, 0, 1_000_000),
                flag(root, "autoStart"),
                flag(root, "requiresMonitoring"),
                flag(root, "autoRestart"),
                new PluginDocument.Checks(
                        seconds(checks, "intervalSeconds", "/healthCheck", 30),
                        number(checks, "failureThreshold", "/healthCheck", 3, 1, 1000),
                        seconds(checks, "timeoutSeconds", "/healthCheck", 5),
                        ping),
                new PluginDocument.Restarts(
                        number(restart, "maxRestarts", "/restart", 5, 0, 1000),
                        seconds(restart, "windowSeconds", "/restart", 300),
                        seconds(restart, "backoffSeconds", "/restart", 1),
                        Duration.ofSeconds(60)));
    }

    private PluginDocument.Kind kind(JsonNode root) {
        String word = text(root, "pluginType", "");
        for (PluginDocument.Kind kind : PluginDocument.Kind.values()) {
            if (kind.word().equals(word)) {
                return kind;
            }
        }
        fault("/pluginType", "`Service` or `Executable` is needed");
        return PluginDocument.Kind.SERVICE;
    }

    private PluginDocument.Context context(JsonNode root, boolean service) {
        String word = text(root, "executionContext", "Service");
        PluginDocument.Context found = PluginDocument.Context.SERVICE;
        boolean known = false;
        for (PluginDocument.Context each : PluginDocument.Context.values()) {
            if (each.word().equals(word)) {
                found = each;
                known = true;
            }
        }
        boolean own = found == PluginDocument.Context.SERVICE;
        if (!known || (service && !own)) {
            fault(
                    "/executionContext",
                    service
                            ? "a `Service` runs in the agent: `Service` is the only one"
                            : "`Service`, `User` or `Interactive` is allowed");
        } else if (!own && root.has("runAs")) {
            fault("/runAs", "it runs as whoever is logged in, by its `executionContext`");
        }
        return found;
    }

    private Semver version(JsonNode root) {
        Optional<Semver> version = Semver.read(text(root, "version", "0.0.0"));
        if (version.isEmpty()) {
            fault("/version", "a version such as 1.2.3 is needed");
        }
        return version.orElse(Semver.ZERO);
    }

    private String code(JsonNode root, PluginDocument.Kind kind, String id) {
        boolean service = kind == PluginDocument.Kind.SERVICE;
        String member = service ? "bundle" : "executablePath";
        String path = text(root, member, service ? id + ".jar" : "");
        String prefix = "Plugins/bin/" + id + "/";
        String plain = path.startsWith(prefix) ? path.substring(prefix.length()) : path;
        boolean onDisk = !service && SignedFiles.isMeant(plain);
        boolean good = isPlain(onDisk ? plain.substring(plain.indexOf('/') + 1) : plain);
        if (!good || (service && !plain.endsWith(".jar"))) {
            fault(
                    "/" + member,
                    service
                            ? "a plain path of a jar within Plugins/bin/" + id + " is needed"
                            : "a plain path within its package is needed, or the absolute one of"
                                    + " a signed file");
        }
        return plain;
    }

    private static boolean isPlain(String path) {
        for (String part : path.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                return false;
            }
        }
        return path.indexOf('\\') < 0 && path.chars().noneMatch(c -> c < 0x20);
    }

    private List<String> platforms(JsonNode root) {
        List<String> platforms = texts(root, "supportedPlatforms", "/supportedPlatforms");
        for (String each : platforms) {
            if (!Set.of("Linux", "Windows", "macOS").contains(each)) {
                fault("/supportedPlatforms", "`" + each + "`: Linux, Windows or macOS is allowed");
            }
        }
        return platforms;
    }

    private boolean ping(JsonNode checks, boolean service) {
        JsonNode value = checks.path("mqttPing");
        if (!value.isMissingNode() && (!value.isBoolean() || service)) {
            fault("/healthCheck/mqttPing", "true or false is needed, and an `Executable`");
        }
        return value.asBoolean(false);
    }

    /** Who is pinged may hear that and answer without saying so again. */
    private TopicRights topics(JsonNode root, String id, boolean ping) {
        JsonNode topics = object(object(root, "metadata"), "mqttTopics");
        List<String> hear = new ArrayList<>(texts(topics, "subscribe", "/metadata/mqttTopics"));
        String primary = text(object(root, "Subscription"), "Topic", "");
        if (!primary.isEmpty()) {
            hear.add(primary);
        }
        List<String> say = new ArrayList<>(texts(topics, "publish", "/metadata/mqttTopics"));
        if (ping) {
            hear.add(Pings.command(id));
            say.add(Pings.answer(id));
        }
        return new TopicRights(say, hear);
    }

    private static JsonNode object(JsonNode parent, String name) {
        return parent.path(name);
    }

    private String text(JsonNode parent, String name, String absent) {
        JsonNode value = parent.path(name);
        if (value.isMissingNode()) {
            return absent;
        }
        if (!value.isTextual() || value.asText().length() > 4096) {
            fault("/" + name, "a text is needed");
            return absent;
        }
        return value.asText();
    }

    private List<String> texts(JsonNode parent, String name, String place) {
        JsonNode value = parent.path(name);
        List<String> texts = new ArrayList<>();
        if (!value.isMissingNode() && !value.isArray()) {
            fault(place, "`" + name + "`: a list of texts is needed");
        }
        for (JsonNode each : value) {
            if (!each.isTextual() || texts.size() >= 100) {
                fault(place, "`" + name + "`: a list of at most 100 texts is needed");
                return List.of();
            }
            texts.add(each.asText());
        }
        return texts;
    }

    private boolean flag(JsonNode root, String name) {
        JsonNode value = root.path(name);
        if (!value.isMissingNode() && !value.isBoolean()) {
            fault("/" + name, "true or false is needed");
        }
        return value.isMissingNode() || value.asBoolean();
    }

    private Duration seconds(JsonNode parent, String name, String place, int absent) {
        return Duration.ofSeconds(number(parent, name, place, absent, 1, 86_400));
    }

    private int number(
            JsonNode parent, String name, String place, int absent, int least, int most) {
        JsonNode value = parent.path(name);
        if (value.isMissingNode()) {
            return absent;
        }
        if (!value.isInt() || value.asInt() < least || value.asInt() > most) {
            fault(place + "/" + name, "an integer from " + least + " to " + most + " is needed");
            return absent;
        }
        return value.asInt();
    }

    private void fault(String place, String detail) {
        if (faults.size() < 50) {
            faults.add(place + ": " + detail);
        }
    }
}
