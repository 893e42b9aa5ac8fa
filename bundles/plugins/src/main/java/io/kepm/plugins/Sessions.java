package io.kepm.plugins;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Who is logged in, as systemd-logind writes it down; nobody where there is none. */
final class Sessions {

    private static final Logger LOG = LoggerFactory.getLogger(Sessions.class);

    private final Path folder;

    Sessions(Path folder) {
        this.folder = folder;
    }

    /** A login session of a person that is in front now, or remote. */
    record Session(long uid, String type, String display) {
        boolean isGraphical() {
            return type.equals("x11") || type.equals("wayland");
        }

        /** What its programs know of it. */
        Map<String, String> variables() {
            Map<String, String> variables = new HashMap<>();
            variables.put("XDG_RUNTIME_DIR", "/run/user/" + uid);
            variables.put("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/" + uid + "/bus");
            variables.put("XDG_SESSION_TYPE", type);
            if (!display.isEmpty()) {
                variables.put("DISPLAY", display);
            }
            return variables;
        }
    }

    List<Session> list() {
        List<Session> sessions = new ArrayList<>();
        if (!Files.isDirectory(folder)) {
            return sessions;
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(Files::isRegularFile).sorted().limit(1000).toList()) {
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
            }
        } catch (IOException | NumberFormatException e) {
            LOG.debug("sessions could not be read", e);
        }
        return sessions;
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
