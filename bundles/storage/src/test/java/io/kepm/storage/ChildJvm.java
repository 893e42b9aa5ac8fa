package io.kepm.storage;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.sqlite.JDBC;
import org.sqlite.util.OSInfo;

/** Runs a class of the tests in a Java of its own. */
final class ChildJvm {

    private ChildJvm() {}

    /** SQLite's library, laid out as the installation does it. */
    static Path library() throws IOException {
        Path folder = Path.of("target", "native").toAbsolutePath();
        Path library = folder.resolve(System.mapLibraryName("sqlitejdbc"));
        if (!Files.exists(library)) {
            Files.createDirectories(folder);
            String resource =
                    OSInfo.getNativeLibFolderPathForCurrentOS() + "/" + library.getFileName();
            try (InputStream in = JDBC.class.getResourceAsStream("native/" + resource)) {
                Files.copy(Objects.requireNonNull(in, resource), library);
            }
        }
        return folder;
    }

    static Process start(Class<?> main, String... arguments) throws IOException {
        return start(main, Map.of(), arguments);
    }

    static Process start(Class<?> main, Map<String, String> environment, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(command(main));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().putAll(environment);
        return builder.start();
    }

    static List<String> command(Class<?> main, String... options) throws IOException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-Xmx128m", "-XX:TieredStopAtLevel=1", "-Xshare:auto"));
        command.add("-Dorg.sqlite.lib.path=" + library());
        command.addAll(List.of(options));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), main.getName()));
        return command;
    }
}
