package io.kepm.linux;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Sessions.Session;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SessionsComponentTest {

    @TempDir Path folder;

    @Test
    void people_who_are_in_front_are_there_and_nobody_else() throws Exception {
        write("1", "# c\nUID=1001\nCLASS=user\nACTIVE=1\nTYPE=x11\nDISPLAY=:0\n");
        write("2", "UID=1002\nCLASS=user\nACTIVE=0\nTYPE=tty\n");
        write("3", "UID=120\nCLASS=greeter\nACTIVE=1\nTYPE=wayland\n");
        write("4", "UID=0\nCLASS=user\nACTIVE=1\nTYPE=tty\n");
        write("5", "UID=x\nCLASS=user\nACTIVE=1\nTYPE=tty\n");
        write("6", "UID=1003\nCLASS=user\nACTIVE=1\nTYPE=tty\n");
        assertThat(new SessionsComponent(folder).list())
                .as("one that can't be read hides no other")
                .containsExactly(new Session(1001, "x11", ":0"), new Session(1003, "tty", ""));
        assertThat(new SessionsComponent(folder.resolve("none")).list()).isEmpty();
    }

    @Test
    void a_program_of_a_session_knows_its_bus_and_its_display() {
        assertThat(new Session(1001, "x11", ":0").variables())
                .containsEntry("DBUS_SESSION_BUS_ADDRESS", "unix:path=/run/user/1001/bus")
                .containsEntry("DISPLAY", ":0");
        assertThat(new Session(1001, "tty", "").variables()).doesNotContainKey("DISPLAY");
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(folder.resolve(name), text);
    }
}
