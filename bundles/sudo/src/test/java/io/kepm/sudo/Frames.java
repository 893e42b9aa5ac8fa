package io.kepm.sudo;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Frames as the plugin builds them, to be changed by tests. */
final class Frames {

    private final List<String> fields = new ArrayList<>();

    static Frames of(String... fields) {
        Frames frames = new Frames();
        frames.fields.addAll(List.of(fields));
        return frames;
    }

    /** What a real plugin sent for {@code sudo systemctl restart nginx}. */
    static Frames check() {
        return of(
                "v=1",
                "op=check",
                "user=alice",
                "uid=1001",
                "cwd=/home/alice",
                "tty=/dev/pts/3",
                "pid=4711",
                "ppid=4700",
                "sid=4700",
                "host=ws-17",
                "plugin_api=1.21",
                "progname=sudo",
                "interactive=1",
                "runas_user=root",
                "runas_uid=0",
                "runas_gid=0",
                "runas_groups=0",
                "command=/usr/bin/systemctl",
                "argv=systemctl",
                "argv=restart",
                "argv=nginx",
                "sudoedit=0",
                "fd=0",
                "fd_note=sudo gave no execfd");
    }

    /** Replaces all fields of the key. */
    Frames with(String field) {
        String key = field.substring(0, field.indexOf('=') + 1);
        fields.removeIf(old -> old.startsWith(key));
        fields.add(field);
        return this;
    }

    Frames and(String field) {
        fields.add(field);
        return this;
    }

    Frames without(String key) {
        fields.removeIf(old -> old.startsWith(key + "="));
        return this;
    }

    byte[] bytes() {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (String field : fields) {
            out.writeBytes(field.getBytes(StandardCharsets.UTF_8));
            out.write(0);
        }
        return out.toByteArray();
    }
}
