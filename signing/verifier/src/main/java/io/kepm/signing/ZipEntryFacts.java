package io.kepm.signing;

import io.kepm.signing.ZipLayout.Refused;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Locale;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * One entry of a {@link ZipLayout}.
 *
 * @param method 0 stored, 8 deflated
 * @param packed bytes in the file
 * @param size bytes once unpacked
 * @param local where its local header begins
 */
record ZipEntryFacts(
        String name, int flags, int method, int crc, long packed, long size, long local) {

    private static final int LOCAL_BYTES = 30;
    private static final int DESCRIPTOR = 0x08074b50;
    private static final int LINK = 0120000;
    private static final int TYPE = 0170000;
    private static final int BUFFER = 1 << 16;

    /** Hears the content of an entry, piece by piece. */
    interface Sink {
        void hear(byte[] buffer, int length) throws Refused;
    }

    static ZipEntryFacts checked(
            String name,
            int flags,
            int method,
            int crc,
            long packed,
            long size,
            long local,
            long attributes)
            throws Refused {
        if (((attributes >> 16) & TYPE) == LINK) {
            throw new Refused("entry `" + name + "` is a link");
        }
        boolean folder = name.endsWith("/");
        if ((folder && size != 0) || (method == 0 && packed != size)) {
            throw new Refused("the sizes of entry `" + name + "` contradict each other");
        }
        return new ZipEntryFacts(name, flags, method, crc, packed, size, local);
    }

    /** Plain relative names only, and one spelling of what Java looks for in any. */
    static void checkName(String name) throws Refused {
        String bare = name.endsWith("/") ? name.substring(0, name.length() - 1) : name;
        for (String part : bare.split("/", -1)) {
            if (part.isEmpty() || part.equals(".") || part.equals("..")) {
                throw new Refused("entry `" + name + "` is no plain relative path");
            }
        }
        boolean odd = name.chars().anyMatch(c -> c < 0x20 || c == 0x7f || c == '\\' || c == ':');
        String upper = name.toUpperCase(Locale.ROOT);
        if (odd || (upper.startsWith("META-INF/") && !name.startsWith("META-INF/"))) {
            throw new Refused("entry `" + name + "` has a name that is not accepted");
        }
    }

    boolean isFolder() {
        return name.endsWith("/");
    }

    long data(int nameLength, int extra) {
        return local + LOCAL_BYTES + nameLength + extra;
    }

    /** Where the descriptor behind the data ends; with or without its mark. */
    static long behindDescriptor(ByteBuffer zip, ZipEntryFacts entry, long at, long limit)
            throws Refused {
        for (int mark = 4; mark >= 0; mark -= 4) {
            int next = (int) at + mark;
            if (at + mark + 12 <= limit
                    && (mark == 0 || zip.getInt((int) at) == DESCRIPTOR)
                    && zip.getInt(next) == entry.crc()
                    && zip.getInt(next + 4) == (int) entry.packed()
                    && zip.getInt(next + 8) == (int) entry.size()) {
                return at + mark + 12;
            }
        }
        throw new Refused("what follows entry `" + entry.name + "` contradicts its directory");
    }

    /** Unpacks it to the end; what comes out is as long and as summed up as was announced. */
    void unpack(ByteBuffer zip, Sink sink) throws Refused {
        int at = (int) local;
        long data = data(ZipLayout.u16(zip, at + 26), ZipLayout.u16(zip, at + 28));
        ByteBuffer input = zip.slice((int) data, (int) packed);
        CRC32 sum = new CRC32();
        long out = 0;
        byte[] buffer = new byte[BUFFER];
        if (method == 0) {
            while (input.hasRemaining()) {
                int length = Math.min(buffer.length, input.remaining());
                input.get(buffer, 0, length);
                sum.update(buffer, 0, length);
                sink.hear(buffer, length);
                out += length;
            }
        } else {
            out = inflate(input, buffer, sum, sink);
        }
        if (out != size || (int) sum.getValue() != crc) {
            throw new Refused("entry `" + name + "` is not what its directory says");
        }
    }

    private long inflate(ByteBuffer input, byte[] buffer, CRC32 sum, Sink sink) throws Refused {
        Inflater inflater = new Inflater(true);
        try {
            inflater.setInput(input);
            long out = 0;
            while (!inflater.finished()) {
                int length = inflater.inflate(buffer);
                out += length;
                if ((length == 0 && !inflater.finished()) || out > size) {
                    throw new Refused("entry `" + name + "` is not what its directory says");
                }
                sum.update(buffer, 0, length);
                sink.hear(buffer, length);
            }
            if (inflater.getBytesRead() != packed) {
                throw new Refused("there are bytes behind the data of `" + name + "`");
            }
            return out;
        } catch (DataFormatException e) {
            throw new Refused("entry `" + name + "` cannot be unpacked");
        } finally {
            inflater.end();
        }
    }

    /** The whole content of a small entry. */
    byte[] content(ByteBuffer zip, int most) throws Refused {
        if (size > most) {
            throw new Refused("entry `" + name + "` is larger than " + most + " bytes");
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream((int) size);
        unpack(zip, (buffer, length) -> bytes.write(buffer, 0, length));
        return bytes.toByteArray();
    }
}
