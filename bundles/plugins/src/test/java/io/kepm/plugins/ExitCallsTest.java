package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;

class ExitCallsTest {

    private static final class Ends {
        void end() {
            System.exit(1);
        }
    }

    private static final class Halts {
        void end() {
            Runtime.getRuntime().halt(1);
        }
    }

    private static final class Stays {
        String exit() {
            return System.lineSeparator() + "java/lang/System exit";
        }
    }

    private static byte[] jar(Class<?> type) throws IOException {
        String name = type.getName().replace('.', '/') + ".class";
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes);
                InputStream in = ExitCallsTest.class.getClassLoader().getResourceAsStream(name)) {
            zip.putNextEntry(new ZipEntry(name));
            if (in != null) {
                in.transferTo(zip);
            }
        }
        return bytes.toByteArray();
    }

    @Test
    void a_class_that_would_end_the_agent_is_found() throws IOException {
        assertThat(ExitCalls.in(jar(Ends.class))).isPresent();
        assertThat(ExitCalls.in(jar(Halts.class))).isPresent();
        assertThat(ExitCalls.in(jar(Stays.class))).isEmpty();
        new Ends().hashCode();
        assertThat(new Stays().exit()).contains("exit");
    }
}
