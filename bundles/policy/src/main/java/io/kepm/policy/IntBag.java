package io.kepm.policy;

import java.util.Arrays;

/** Numbers, collected; filled by one thread, then read by any. */
final class IntBag {

    private static final int[] NONE = {};

    private int[] items;
    private int size;

    IntBag() {
        items = NONE;
    }

    /** With room for so many. */
    IntBag(int room) {
        items = new int[room];
    }

    void add(int item) {
        room(size + 1);
        items[size++] = item;
    }

    void addAll(int[] more) {
        if (more.length > 0) {
            room(size + more.length);
            System.arraycopy(more, 0, items, size, more.length);
            size += more.length;
        }
    }

    private void room(int needed) {
        if (needed > items.length) {
            items = Arrays.copyOf(items, Math.max(items.length * 2, needed));
        }
    }

    int size() {
        return size;
    }

    int[] items() {
        return Arrays.copyOf(items, size);
    }

    /** In ascending order, each once; the last that is asked of a bag. */
    int[] sorted() {
        int[] sorted = size == items.length ? items : Arrays.copyOf(items, size);
        if (size > 1) {
            Arrays.sort(sorted);
        }
        int kept = 0;
        for (int i = 0; i < sorted.length; i++) {
            if (i == 0 || sorted[i] != sorted[i - 1]) {
                sorted[kept++] = sorted[i];
            }
        }
        return kept == sorted.length ? sorted : Arrays.copyOf(sorted, kept);
    }
}
