package io.kepm.signing;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The parts of a zip file (APPNOTE 6.3.9), read so strictly that two readers can't see two
 * different archives in it: the local headers, the data and the directory lie one after the other
 * from the first byte to the last, and say the same.
 *
 * @param zip all of it
 * @param entries in the order of the directory
 */
record ZipLayout(ByteBuffer zip, List<ZipEntryFacts> entries) {

    private static final int END = 0x06054b50;
    private static final int DIRECTORY = 0x02014b50;
    private static final int LOCAL = 0x04034b50;
    private static final int END_BYTES = 22;
    private static final int DIRECTORY_BYTES = 46;
    private static final int LOCAL_BYTES = 30;
    static final int MAX_ENTRIES = 10_000;
    private static final int MAX_EXTRA = 1024;

    /** Data descriptor, UTF-8, and the two bits that say how hard was compressed. */
    private static final int KNOWN_FLAGS = 0x080e;

    private static final int DESCRIPTOR_FLAG = 0x0008;

    /** Archives that are not read, and why. */
    static final class Refused extends Exception {
        Refused(String reason) {
            super(reason);
        }
    }

    static ZipLayout read(ByteBuffer bytes) throws Refused {
        ByteBuffer zip = bytes.slice().order(ByteOrder.LITTLE_ENDIAN);
        int end = zip.limit() - END_BYTES;
        if (end < 0 || zip.getInt(end) != END) {
            throw new Refused(
                    "it is no zip file, is cut off, or has a comment or bytes behind its end");
        }
        int count = u16(zip, end + 10);
        long size = u32(zip, end + 12);
        long start = u32(zip, end + 16);
        if (u16(zip, end + 4) != 0
                || u16(zip, end + 6) != 0
                || u16(zip, end + 8) != count
                || u16(zip, end + 20) != 0) {
            throw new Refused("its end says that there are more parts, or a comment");
        }
        if (count > MAX_ENTRIES) {
            throw new Refused("it has more than " + MAX_ENTRIES + " entries");
        }
        if (start + size != end) {
            throw new Refused("there are bytes between its directory and its end");
        }
        List<ZipEntryFacts> entries = new ArrayList<>();
        Set<String> names = new HashSet<>();
        int at = (int) start;
        for (int i = 0; i < count; i++) {
            ZipEntryFacts entry = directoryEntry(zip, at, end);
            if (!names.add(entry.name())) {
                throw new Refused("it has two entries of the name `" + entry.name() + "`");
            }
            entries.add(entry);
            at += DIRECTORY_BYTES + u16(zip, at + 28) + u16(zip, at + 30);
        }
        if (at != end) {
            throw new Refused("its directory is longer than its entries");
        }
        tile(zip, entries, start);
        return new ZipLayout(zip, List.copyOf(entries));
    }

    private static ZipEntryFacts directoryEntry(ByteBuffer zip, int at, int end) throws Refused {
        if (end - at < DIRECTORY_BYTES || zip.getInt(at) != DIRECTORY) {
            throw new Refused("its directory is cut off");
        }
        int nameLength = u16(zip, at + 28);
        int extra = u16(zip, at + 30);
        if (end - at - DIRECTORY_BYTES < nameLength + extra) {
            throw new Refused("its directory is cut off");
        }
        String name = name(zip, at + DIRECTORY_BYTES, nameLength);
        if (u16(zip, at + 32) != 0 || u16(zip, at + 34) != 0) {
            throw new Refused("entry `" + name + "` has a comment, or is in another part");
        }
        extra(zip, at + DIRECTORY_BYTES + nameLength, extra, name);
        int flags = u16(zip, at + 8);
        int method = u16(zip, at + 10);
        if ((flags & ~KNOWN_FLAGS) != 0 || (method != 0 && method != 8)) {
            throw new Refused("entry `" + name + "` is encrypted, or packed in an unusual way");
        }
        return ZipEntryFacts.checked(
                name,
                flags,
                method,
                zip.getInt(at + 16),
                u32(zip, at + 20),
                u32(zip, at + 24),
                u32(zip, at + 42),
                u32(zip, at + 38));
    }

    /** INVARIANT: each byte before the directory belongs to exactly one entry. */
    private static void tile(ByteBuffer zip, List<ZipEntryFacts> entries, long start)
            throws Refused {
        List<ZipEntryFacts> inOrder = new ArrayList<>(entries);
        inOrder.sort(Comparator.comparingLong(ZipEntryFacts::local));
        long next = 0;
        for (ZipEntryFacts entry : inOrder) {
            if (entry.local() != next) {
                throw new Refused(
                        "there are bytes before, between or behind its entries, at `"
                                + entry.name()
                                + "`");
            }
            next = local(zip, entry, start);
        }
        if (next != start) {
            throw new Refused("there are bytes before, between or behind its entries");
        }
    }

    /** Checks the local header against the directory; where the entry ends. */
    private static long local(ByteBuffer zip, ZipEntryFacts entry, long limit) throws Refused {
        int at = (int) entry.local();
        if (limit - at < LOCAL_BYTES || zip.getInt(at) != LOCAL) {
            throw new Refused("entry `" + entry.name() + "` is not where its directory says");
        }
        int nameLength = u16(zip, at + 26);
        int extra = u16(zip, at + 28);
        long data = entry.data(nameLength, extra);
        if (data + entry.packed() > limit) {
            throw new Refused("entry `" + entry.name() + "` is cut off");
        }
        extra(zip, at + LOCAL_BYTES + nameLength, extra, entry.name());
        boolean described = (entry.flags() & DESCRIPTOR_FLAG) != 0;
        boolean same =
                name(zip, at + LOCAL_BYTES, nameLength).equals(entry.name())
                        && u16(zip, at + 6) == entry.flags()
                        && u16(zip, at + 8) == entry.method()
                        && agrees(zip.getInt(at + 14), entry.crc(), described)
                        && agrees(zip.getInt(at + 18), (int) entry.packed(), described)
                        && agrees(zip.getInt(at + 22), (int) entry.size(), described);
        if (!same) {
            throw new Refused(
                    "the local header of `"
                            + entry.name()
                            + "` says something else than its"
                            + " directory");
        }
        return described
                ? ZipEntryFacts.behindDescriptor(zip, entry, data + entry.packed(), limit)
                : data + entry.packed();
    }

    private static boolean agrees(int local, int central, boolean described) {
        return local == central || (described && local == 0);
    }

    /** No second name, no other sizes, nothing hidden in what most readers pass over. */
    private static void extra(ByteBuffer zip, int at, int length, String name) throws Refused {
        int left = length;
        int next = at;
        boolean fits = length <= MAX_EXTRA;
        while (fits && left > 0) {
            int id = left < 4 ? -1 : u16(zip, next);
            int size = left < 4 ? 0 : u16(zip, next + 2) + 4;
            fits = id != -1 && size <= left && id != 0x0001 && id != 0x7075;
            next += size;
            left -= size;
        }
        if (!fits) {
            throw new Refused("entry `" + name + "` has additional fields that are not accepted");
        }
    }

    private static String name(ByteBuffer zip, int at, int length) throws Refused {
        byte[] bytes = new byte[length];
        zip.get(at, bytes);
        String name;
        try {
            name = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(bytes)).toString();
        } catch (CharacterCodingException e) {
            throw new Refused("the name of an entry is not UTF-8");
        }
        ZipEntryFacts.checkName(name);
        return name;
    }

    static int u16(ByteBuffer zip, int at) {
        return zip.getShort(at) & 0xffff;
    }

    static long u32(ByteBuffer zip, int at) {
        return zip.getInt(at) & 0xffffffffL;
    }
}
