package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.json.Json;
import io.kepm.policy.OfflinePolicies;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Policies on disk that whoever asks may read; the mode of the files is the only right asked for.
 */
final class OpenPolicies {

    private OpenPolicies() {}

    static void declare(Usage usage) {
        usage.value("FILE", "--settings", "-s");
    }

    /**
     * Reads a file or folder as the loader would, under the settings that are named, else those of
     * the agent on this machine; a set that it refuses is of no use.
     */
    static OfflinePolicies read(Call call, String name) throws Fault {
        OfflinePolicies policies;
        try {
            Path path = Path.of(name);
            for (Path file : files(path)) {
                if (!Files.isReadable(file)) {
                    throw new AccessDeniedException(file.toString());
                }
            }
            policies = OfflinePolicies.read(List.of(path), settings(call));
        } catch (AccessDeniedException e) {
            throw new Fault(Exit.REFUSED, call.say("policies.hidden", name));
        } catch (IOException | InvalidPathException e) {
            throw call.usage("check.unreadable", name + ": " + ExportFile.cause(e));
        }
        if (!policies.faults().isEmpty()) {
            throw call.usage("policies.unusable", name, policies.faults().get(0).text());
        }
        return policies;
    }

    /** None where there is no agent: then what it goes by unless told. */
    private static Optional<Path> settings(Call call) throws Fault {
        Optional<String> named = call.given().value("--settings");
        if (named.isPresent()) {
            return named.map(Path::of);
        }
        Path own = call.world().policies().resolveSibling("appsettings.json");
        if (Files.exists(own) && !Files.isReadable(own)) {
            throw new Fault(Exit.REFUSED, call.say("policies.settings.hidden", own));
        }
        return Optional.of(own).filter(Files::exists);
    }

    /** What of them a reader has to know, for machines. */
    static Json settings(OfflinePolicies policies) {
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("unmatched", Json.of(policies.unmatchedDenies() ? "deny" : "os"));
        json.put("ungoverned", Json.texts(policies.ungoverned()));
        return Json.object(json);
    }

    /** The same for people; nothing when it is as shipped. */
    static void print(Call call, OfflinePolicies policies) {
        if (!policies.unmatchedDenies()) {
            call.console().line(call.say("policies.unmatched"));
        }
        if (!policies.ungoverned().isEmpty()) {
            call.console()
                    .line(
                            call.say(
                                    "policies.ungoverned",
                                    String.join(", ", policies.ungoverned())));
        }
    }

    private static List<Path> files(Path path) throws IOException {
        List<Path> files = new ArrayList<>();
        // Says whether it is not there or only not to be seen.
        if (Files.readAttributes(path, BasicFileAttributes.class).isDirectory()) {
            try (Stream<Path> inside = Files.list(path)) {
                inside.filter(OpenPolicies::isPolicy).forEach(files::add);
            }
        } else {
            files.add(path);
        }
        return files;
    }

    private static boolean isPolicy(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".json") && !name.startsWith(".");
    }
}
