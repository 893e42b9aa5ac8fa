package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.Arrays;

/**
 * Turns keys and values into sealed items and back. The sealed text holds the key (with its length)
 * and the value. Not for use by two threads.
 */
final class ItemSealer {

    /** A key with its value, in clear. */
    record Opened(String key, byte[] value) {}

    private final DataKeys keys;
    private final Sealer sealer;
    private final KeyedHash hashes;

    ItemSealer(DataKeys keys, Sealer sealer, KeyedHash hashes) {
        this.keys = keys;
        this.sealer = sealer;
        this.hashes = hashes;
    }

    byte[] id(Table table, String key) {
        return hashes.of(table.name(), key);
    }

    byte[] seal(Table table, byte[] id, String key, byte[] value) throws GeneralSecurityException {
        byte[] name = key.getBytes(StandardCharsets.UTF_8);
        byte[] plain =
                ByteBuffer.allocate(Integer.BYTES + name.length + value.length)
                        .putInt(name.length)
                        .put(name)
                        .put(value)
                        .array();
        byte[] sealed = sealer.seal(keys, Purpose.of(table), Place.item(table.name(), id), plain);
        Arrays.fill(plain, (byte) 0);
        return sealed;
    }

    Opened open(Table table, ItemTable.Item item) throws StorageException {
        try {
            byte[] plain =
                    sealer.open(
                            keys,
                            Purpose.of(table),
                            Place.item(table.name(), item.id()),
                            item.value());
            int length = ByteBuffer.wrap(plain).getInt();
            int start = Integer.BYTES + length;
            String key = new String(plain, Integer.BYTES, length, StandardCharsets.UTF_8);
            byte[] value = Arrays.copyOfRange(plain, start, plain.length);
            Arrays.fill(plain, (byte) 0);
            return new Opened(key, value);
        } catch (GeneralSecurityException | RuntimeException e) {
            throw new StorageException(
                    ("a value of `%s` does not open: it was changed, moved or replaced outside of"
                                    + " the agent; restore the store from a backup")
                            .formatted(table),
                    e);
        }
    }

    /** What one version of an item adds to the sum in {@link Head}. */
    byte[] version(Table table, byte[] id, byte[] seal) {
        return hashes.version(table.name(), id, seal);
    }
}
