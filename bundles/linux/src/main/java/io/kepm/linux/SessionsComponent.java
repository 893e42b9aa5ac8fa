package io.kepm.linux;

import io.kepm.api.linux.Sessions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who is logged in, as systemd-logind writes it down; nobody where there is none. A file that can't
 * be read is no session, and hides no other.
 */
@Component
public final class SessionsComponent implements Sessions {

    private static final Logger LOG = LoggerFactory.getLogger(SessionsComponent.class);
    private static final int MOST = 1000;

    private final Path folder;

    @Activate
    public SessionsComponent() {
        this(Path.of("/run/systemd/sessions"));
    }

    SessionsComponent(Path folder) {
        this.folder = folder;
    }

    @Override
    public List<Session> list() {
        List<Session> sessions = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return sessions;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().limit(MOST).toList()) {
                add(file, sessions);
            }
        } catch (IOException e) {
            LOG.debug("sessions could not be listed", e);
        }
        return sessions;
    }

    private static void add(Path file, List<Session> sessions) {
        try {
            Map<String, String> said = read(file);
            boolean person = said.getOrDefault("CLASS", "").equals("user");
            boolean active = said.getOrDefault("ACTIVE", "0").equals("1");
            long uid = Long.parseLong(said.getOrDefault("UID", "0"));
            if (person && active && uid > 0) {
                sessions.add(
                        new Session(
                                uid,
                                said.getOrDefault("TYPE", ""),
                                said.getOrDefault("DISPLAY", "")));
            }
        } catch (IOException | NumberFormatException e) {
            LOG.debug("session `{}` could not be read", file.getFileName(), e);
        }
    }

    private static Map<String, String> read(Path file) throws IOException {
        Map<String, String> said = new HashMap<>();
        for (String line : Files.readAllLines(file)) {
            int equal = line.indexOf('=');
            if (equal > 0 && !line.startsWith("#")) {
                said.put(line.substring(0, equal), line.substring(equal + 1));
            }
        }
        return said;
    }
}
