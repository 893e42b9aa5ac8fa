package io.kepm.https;

import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import java.nio.file.Path;

/** Where the doors are, and which hosts a request may name. */
record DoorSettings(int httpPort, int httpsPort, String allowedHosts, Path runFolder) {

    static final String LOOPBACK = "127.0.0.1";

    DoorSettings {
        // Port 0, any free one, is for tests.
        if (httpPort != 0 && httpPort == httpsPort) {
            throw new IllegalArgumentException(
                    "`KestrelHttpPort` and `KestrelHttpsPort` are both `"
                            + httpPort
                            + "`: give them two numbers");
        }
    }

    /** Address or path of a door, for people. */
    String place(Door door) {
        return switch (door) {
            case HTTP -> LOOPBACK + ":" + httpPort;
            case HTTPS -> LOOPBACK + ":" + httpsPort;
            case UNIX -> new RunFolder(runFolder).socket().toString();
        };
    }

    static DoorSettings of(Settings settings, Path runFolder) {
        return new DoorSettings(
                settings.get(CoreSettings.HTTP_PORT),
                settings.get(CoreSettings.HTTPS_PORT),
                settings.get(CoreSettings.ALLOWED_HOSTS),
                runFolder);
    }
}
