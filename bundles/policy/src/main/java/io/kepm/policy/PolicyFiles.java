package io.kepm.policy;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** The files of a policy folder: {@code *.json} that are not hidden, in order of their names. */
final class PolicyFiles {

    static final String COLLECTIONS = "collections.json";
    private static final String ENDING = ".json";

    private PolicyFiles() {}

    static List<Path> in(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(PolicyFiles::isPolicy).sorted().toList();
        } catch (UncheckedIOException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    /** The files, and those of the folders; one that cannot be listed is told to the faults. */
    static List<PolicyText> readAll(List<Path> paths, Faults faults) {
        List<Path> files = new ArrayList<>();
        for (Path path : paths) {
            try {
                files.addAll(Files.isDirectory(path) ? in(path) : List.of(path));
            } catch (IOException e) {
                faults.add(new Fault(path.toString(), "", "", "cannot be read: " + e));
            }
        }
        return read(files, faults);
    }

    /** By its name alone. */
    static boolean isPolicy(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(ENDING) && !name.startsWith(".");
    }

    /** The texts of the files; one that cannot be read is told to the faults. */
    static List<PolicyText> read(List<Path> files, Faults faults) {
        List<PolicyText> texts = new ArrayList<>(files.size());
        long total = 0;
        for (Path file : files) {
            if (total > PolicyLoader.MAX_TOTAL) {
                // The loader refuses so much anyway; the heap need not hold the rest of it.
                break;
            }
            String name = file.getFileName().toString();
            try {
                if (!Files.isRegularFile(file)) {
                    faults.add(new Fault(name, "", "", "not a regular file"));
                    continue;
                }
                try (InputStream in = Files.newInputStream(file)) {
                    // One byte too many is enough to be refused.
                    byte[] bytes = in.readNBytes(JsonText.MAX_BYTES + 1);
                    total += bytes.length;
                    texts.add(new PolicyText(name, bytes));
                }
            } catch (IOException e) {
                faults.add(new Fault(name, "", "", "cannot be read: " + e));
            }
        }
        return texts;
    }
}
