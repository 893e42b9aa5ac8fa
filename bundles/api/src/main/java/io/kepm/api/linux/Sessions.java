package io.kepm.api.linux;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ProviderType;

/** Who is logged in now. Safe for use by many threads. */
@FunctionalInterface
@ProviderType
public interface Sessions {

    /** Sessions of people that are in front now, or remote; none where nobody keeps account. */
    List<Session> list();

    /**
     * A login session of a person.
     *
     * @param type as systemd-logind has it: {@code tty}, {@code x11}, {@code wayland}…
     * @param display of X11; empty for none
     */
    record Session(long uid, String type, String display) {

        /** Whether it is one with a desktop. */
        public boolean isGraphical() {
            return type.equals("x11") || type.equals("wayland");
        }

        /** What its programs know of it. */
        public Map<String, String> variables() {
            Map<String, String> variables = new HashMap<>(bus(uid));
            variables.put("XDG_SESSION_TYPE", type);
            if (!display.isEmpty()) {
                variables.put("DISPLAY", display);
            }
            return variables;
        }

        /** By which programs of a user find the bus of its sessions. */
        public static Map<String, String> bus(long uid) {
            String folder = "/run/user/" + uid;
            return Map.of(
                    "XDG_RUNTIME_DIR",
                    folder,
                    "DBUS_SESSION_BUS_ADDRESS",
                    "unix:path=" + folder + "/bus");
        }
    }
}
