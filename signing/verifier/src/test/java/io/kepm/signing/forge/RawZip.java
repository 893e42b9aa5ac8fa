package io.kepm.signing.forge;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.zip.CRC32;

/** A zip file with whatever is asked for in it, also what no tool would write. Stored only. */
public final class RawZip {

    private record Part(String name, byte[] content, boolean listed, String listedAs, int mode) {}

    private final List<Part> parts = new ArrayList<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    public RawZip add(String name, byte[] content) {
        parts.add(new Part(name, content, true, name, 0));
        return this;
    }

    public RawZip addFirst(String name, byte[] content) {
        parts.add(0, new Part(name, content, true, name, 0));
        return this;
    }

    /** An entry that only a reader of local headers sees. */
    public RawZip hide(String name, byte[] content) {
        parts.add(new Part(name, content, false, name, 0));
        return this;
    }

    /** An entry whose local header has another name than the directory. */
    public RawZip disguise(String local, String listed, byte[] content) {
        parts.add(new Part(local, content, true, listed, 0));
        return this;
    }

    public RawZip link(String name, String target) {
        parts.add(new Part(name, target.getBytes(StandardCharsets.UTF_8), true, name, 0120777));
        return this;
    }

    public RawZip remove(String name) {
        parts.removeIf(part -> part.name().equals(name));
        return this;
    }

    public RawZip change(String name, UnaryOperator<byte[]> change) {
        parts.replaceAll(
                part ->
                        part.name().equals(name)
                                ? new Part(
                                        name,
                                        change.apply(part.content()),
                                        part.listed(),
                                        part.listedAs(),
                                        part.mode())
                                : part);
        return this;
    }

    public byte[] content(String name) {
        return parts.stream()
                .filter(part -> part.name().equals(name))
                .findFirst()
                .orElseThrow()
                .content();
    }

    public byte[] bytes() {
        out.reset();
        ByteArrayOutputStream directory = new ByteArrayOutputStream();
        int listed = 0;
        for (Part part : parts) {
            int at = out.size();
            byte[] name = part.name().getBytes(StandardCharsets.UTF_8);
            byte[] listedName = part.listedAs().getBytes(StandardCharsets.UTF_8);
            out.writeBytes(little(30).putInt(0x04034b50).putShort((short) 10).array());
            byte[] facts = facts(part.content(), name.length);
            patch(at + 6, facts);
            out.writeBytes(name);
            out.writeBytes(part.content());
            if (part.listed()) {
                ByteBuffer entry = little(46).putInt(0x02014b50);
                entry.putShort((short) (0x0300 | 20)).putShort((short) 10);
                entry.put(facts(part.content(), listedName.length));
                entry.putInt(38, part.mode() << 16).putInt(42, at);
                directory.writeBytes(entry.array());
                directory.writeBytes(listedName);
                listed++;
            }
        }
        int start = out.size();
        out.writeBytes(directory.toByteArray());
        ByteBuffer end = little(22).putInt(0x06054b50);
        end.putShort(8, (short) listed).putShort(10, (short) listed);
        end.putInt(12, directory.size()).putInt(16, start);
        out.writeBytes(end.array());
        return out.toByteArray();
    }

    private void patch(int at, byte[] facts) {
        byte[] all = out.toByteArray();
        System.arraycopy(facts, 0, all, at, facts.length);
        out.reset();
        out.writeBytes(all);
    }

    /** Flags, method, time, date, sum, both sizes, length of the name: as in both headers. */
    private static byte[] facts(byte[] content, int nameLength) {
        CRC32 sum = new CRC32();
        sum.update(content);
        return little(22)
                .putInt(0)
                .putInt(0x00210000)
                .putInt((int) sum.getValue())
                .putInt(content.length)
                .putInt(content.length)
                .putShort((short) nameLength)
                .array();
    }

    private static ByteBuffer little(int size) {
        return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }
}
