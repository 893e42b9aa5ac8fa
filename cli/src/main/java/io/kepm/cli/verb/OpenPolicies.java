package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.policy.OfflinePolicies;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Policies on disk that whoever asks may read; the mode of the files is the only right asked for.
 */
final class OpenPolicies {

    private OpenPolicies() {}

    /** Reads a file or folder as the loader would; a set that it refuses is of no use. */
    static OfflinePolicies read(Call call, String name) throws Fault {
        OfflinePolicies policies;
        try {
            Path path = Path.of(name);
            for (Path file : files(path)) {
                if (!Files.isReadable(file)) {
                    throw new AccessDeniedException(file.toString());
                }
            }
            policies = OfflinePolicies.read(List.of(path));
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
