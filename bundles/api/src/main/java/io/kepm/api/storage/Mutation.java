package io.kepm.api.storage;

/** One step of a {@link Change}. */
public sealed interface Mutation {

    Table table();

    /** 1 to 256 characters. */
    String key();

    /** Stores a value, whether or not there was one. */
    record Put(Table table, String key, byte[] value) implements Mutation {
        public Put {
            value = value.clone();
        }
    }

    /** Stores a value where none may be: the change is refused if there is one. */
    record Create(Table table, String key, byte[] value) implements Mutation {
        public Create {
            value = value.clone();
        }
    }

    /** Removes a value: the change is refused if there is none, so that one of two racers wins. */
    record Take(Table table, String key) implements Mutation {}
}
