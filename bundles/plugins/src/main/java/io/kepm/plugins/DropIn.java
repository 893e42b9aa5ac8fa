package io.kepm.plugins;

import io.kepm.api.plugins.Plugins;
import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the folder of plugins: a {@code .jar} or {@code .kpk} that is put there is installed and
 * removed, one that is refused is set aside as {@code .refused}; a document that changed is read
 * again, also when what changed is the program on the disk that it names. For use by one thread.
 */
final class DropIn {

    private static final Logger LOG = LoggerFactory.getLogger(DropIn.class);
    private static final String WHO = "the folder of plugins";

    private final Folders folders;
    private final Plugins plugins;
    private final FileTrust trust;
    private final Supplier<String> programs;
    private final Map<Path, Long> sizes = new HashMap<>();
    private String documents;
    private Optional<String> ran = Optional.empty();

    /**
     * To be made before the plugins are begun: what is written from here on is for a look.
     *
     * @param programs another text when a program on the disk that a document names is another
     */
    DropIn(Folders folders, Plugins plugins, FileTrust trust, Supplier<String> programs) {
        this.folders = folders;
        this.plugins = plugins;
        this.trust = trust;
        this.programs = programs;
        this.documents = before();
    }

    /** None at all when they can't be listed: then the first look reads them. */
    private String before() {
        try {
            return documents();
        } catch (IOException e) {
            LOG.error("`{}` cannot be looked at: {}", folders.plugins(), e.toString());
            return "";
        }
    }

    void look() {
        try {
            for (Path file : dropped()) {
                take(file);
            }
            // From before they are read: what is written meanwhile is for the next look.
            String now = documents();
            String runs = programs.get();
            if (!documents.equals(now) || !ran.orElse(runs).equals(runs)) {
                plugins.reload(WHO);
                // Other documents name other programs, and those were begun.
                runs = programs.get();
            }
            documents = now;
            ran = Optional.of(runs);
        } catch (IOException e) {
            LOG.error("`{}` cannot be looked at: {}", folders.plugins(), e.toString());
        }
    }

    /** Files whose size did not change since the last look: they are written to their end. */
    private List<Path> dropped() throws IOException {
        List<Path> all = new ArrayList<>(folders.files(".jar"));
        all.addAll(folders.files(".kpk"));
        List<Path> whole = new ArrayList<>();
        Map<Path, Long> now = new HashMap<>();
        for (Path file : all) {
            long size =
                    Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
                            .size();
            now.put(file, size);
            if (Long.valueOf(size).equals(sizes.get(file))) {
                whole.add(file);
            }
        }
        sizes.clear();
        sizes.putAll(now);
        return whole;
    }

    private void take(Path file) throws IOException {
        if (!trust.check(file).isEmpty()) {
            LOG.warn("`{}` is not root's alone: it is set aside", file);
            aside(file);
            return;
        }
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            LOG.warn("`{}` is not a regular file: it is set aside", file);
            aside(file);
            return;
        }
        Plugins.Outcome outcome = plugins.install(file, false, WHO);
        if (outcome.isDone()) {
            Files.deleteIfExists(file);
        } else {
            aside(file);
        }
    }

    private static void aside(Path file) throws IOException {
        Files.move(
                file,
                file.resolveSibling(file.getFileName() + ".refused"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private String documents() throws IOException {
        return folders.files(".json").stream()
                .map(
                        file -> {
                            try {
                                // Tells also of one that went and came back, or was given away.
                                return file
                                        + " "
                                        + Files.getAttribute(
                                                file, "unix:ctime", LinkOption.NOFOLLOW_LINKS);
                            } catch (IOException e) {
                                return file + " gone";
                            }
                        })
                .collect(Collectors.joining("\n", "documents\n", ""));
    }
}
