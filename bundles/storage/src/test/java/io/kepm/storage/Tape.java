package io.kepm.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * What {@code tape.c} wrote down, and what a disk may hold when the power goes after any entry of
 * it: all that was synced, and of the rest any sectors, in any order. Names (made, moved, deleted)
 * are taken as kept in order, as a journalling file system does.
 */
final class Tape {

    /** Where an acknowledgement is noted: a file that is no part of the store. */
    static final String ACKNOWLEDGED = "acknowledged";

    private record Entry(char what, String name, byte[] bytes, long at) {}

    private final List<Entry> entries = new ArrayList<>();

    static Tape read(Path file) throws IOException {
        Tape tape = new Tape();
        ByteBuffer in = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.nativeOrder());
        while (in.hasRemaining()) {
            char what = (char) in.get();
            int name = in.getInt();
            byte[] bytes = new byte[in.getInt() + name];
            long at = in.getLong();
            in.get(bytes);
            tape.entries.add(
                    new Entry(
                            what,
                            new String(bytes, 0, name, StandardCharsets.UTF_8),
                            Arrays.copyOfRange(bytes, name, bytes.length),
                            at));
        }
        return tape;
    }

    int size() {
        return entries.size();
    }

    long syncs() {
        return entries.stream().filter(entry -> entry.what() == 's').count();
    }

    /** What was acknowledged within the first entries, a line each. */
    List<String> acknowledged(int until) {
        StringBuilder text = new StringBuilder();
        for (Entry entry : entries.subList(0, until)) {
            if (entry.name().equals(ACKNOWLEDGED)) {
                text.append(new String(entry.bytes(), StandardCharsets.UTF_8));
            }
        }
        return text.toString().lines().toList();
    }

    /** A disk on which nothing of it has happened yet. */
    Machine machine() {
        return new Machine();
    }

    /** The files as time goes on; a power cut is only an image, after which it goes on. */
    final class Machine {

        private final Map<String, Disk> disks = new HashMap<>();
        private int at;
        private boolean lies;

        /** From now on a sync says that it is done, and does nothing. */
        void lie() {
            lies = true;
        }

        /** Lets everything happen up to an entry. */
        void runTo(int until) throws IOException {
            while (at < until) {
                happen(entries.get(at));
                at++;
            }
        }

        private void happen(Entry entry) throws IOException {
            Disk disk = disks.computeIfAbsent(entry.name(), name -> new Disk());
            switch (entry.what()) {
                case 's' -> {
                    if (!lies) {
                        disk.sync();
                    }
                }
                case 'w' -> disk.since.add(entry);
                case 't' -> disk.cut((int) entry.at());
                case 'd' -> disks.remove(entry.name());
                case 'r' -> {
                    disks.remove(entry.name());
                    disks.put(new String(entry.bytes(), StandardCharsets.UTF_8), disk);
                }
                default -> throw new IOException("not a tape: " + entry.what());
            }
        }

        /**
         * Makes a folder as it may be found if the power goes now.
         *
         * @param sector bytes that are written whole or not at all
         * @param kept asked for each sector that was not synced yet
         */
        void image(Path folder, int sector, BooleanSupplier kept) throws IOException {
            for (Map.Entry<String, Disk> disk : disks.entrySet()) {
                if (!disk.getKey().equals(ACKNOWLEDGED)) {
                    Path file = folder.resolve(disk.getKey());
                    disk.getValue().found(sector, kept).writeTo(file);
                    Files.setPosixFilePermissions(
                            file, PosixFilePermissions.fromString("rw-------"));
                }
            }
        }
    }

    /** One file: what is safe, and what was written since. */
    private static final class Disk {

        private final Bytes safe = new Bytes(new byte[0], 0);
        private final List<Entry> since = new ArrayList<>();

        /** A cut is a matter of names and lengths: kept at once. */
        void cut(int size) {
            safe.cut(size);
            since.removeIf(entry -> entry.at() >= size);
        }

        void sync() {
            since.forEach(entry -> safe.put(entry, 0, entry.bytes().length));
            since.clear();
        }

        Bytes found(int sector, BooleanSupplier kept) {
            Bytes found = safe.copy();
            for (Entry entry : since) {
                int from = 0;
                while (from < entry.bytes().length) {
                    long at = entry.at() + from;
                    int length = (int) Math.min(sector - at % sector, entry.bytes().length - from);
                    if (kept.getAsBoolean()) {
                        found.put(entry, from, length);
                    }
                    from += length;
                }
            }
            return found;
        }
    }

    /** The content of a file; what was never written is zero. */
    private static final class Bytes {

        private byte[] bytes;
        private int length;

        Bytes(byte[] bytes, int length) {
            this.bytes = bytes;
            this.length = length;
        }

        Bytes copy() {
            return new Bytes(bytes.clone(), length);
        }

        void cut(int size) {
            bytes = Arrays.copyOf(bytes, size);
            length = size;
        }

        void put(Entry entry, int from, int count) {
            int at = (int) entry.at() + from;
            if (at + count > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(at + count, 2 * bytes.length));
            }
            System.arraycopy(entry.bytes(), from, bytes, at, count);
            length = Math.max(length, at + count);
        }

        void writeTo(Path file) throws IOException {
            Files.write(file, Arrays.copyOf(bytes, length));
        }
    }
}
