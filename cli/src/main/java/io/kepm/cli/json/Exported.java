package io.kepm.cli.json;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.CanonicalJson;
import io.kepm.api.audit.FlatRecord;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Audit records between the form in which they are shown ({@code hash} is a member) and the form in
 * which they are chained (canonical, without it).
 */
public final class Exported {

    private Exported() {}

    /**
     * The entry that a record shows. Its text is made anew from the record's content, so that white
     * space or order of the file can neither break nor hide anything.
     *
     * @throws IllegalArgumentException when it is no audit record
     */
    public static AuditEntry entry(Json record) {
        long seq = record.at("seq").number(-1);
        if (seq < 0 || !record.at("hash").isText() || !record.at("prev_hash").isText()) {
            throw new IllegalArgumentException(
                    "no audit record: seq, hash or prev_hash is missing");
        }
        Map<String, Object> fields = new TreeMap<>();
        record.members()
                .forEach(
                        (name, value) -> {
                            if (!name.equals("hash")) {
                                fields.put(name, plain(value));
                            }
                        });
        return new AuditEntry(
                seq,
                time(record.at("event_time").text()),
                record.at("audit_event_type").text(),
                CanonicalJson.of(fields),
                record.at("hash").text());
    }

    /** The members of a record as plain Java: texts, numbers, lists and maps; null is left out. */
    public static Map<String, Object> plainMembers(Json record) {
        Map<String, Object> members = new TreeMap<>();
        record.members()
                .forEach(
                        (name, value) -> {
                            if (value.isScalar() || value.isList() || value.isObject()) {
                                members.put(name, plain(value));
                            }
                        });
        return members;
    }

    /**
     * The names and texts of a record, for formats that know no nesting.
     *
     * @throws IllegalArgumentException when it is no audit record
     */
    public static SortedMap<String, String> flat(Json record) {
        AuditEntry entry = entry(record);
        Map<String, Object> fields = new TreeMap<>();
        record.members().forEach((name, value) -> fields.put(name, plain(value)));
        fields.put("hash", entry.hash());
        return FlatRecord.of(fields);
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (java.time.DateTimeException e) {
            throw new IllegalArgumentException("no audit record: event_time is no time", e);
        }
    }

    private static Object plain(Json json) {
        if (json.isList()) {
            List<Object> list = new ArrayList<>();
            json.items().forEach(item -> list.add(plain(item)));
            return list;
        }
        if (json.isObject()) {
            Map<String, Object> map = new TreeMap<>();
            json.members().forEach((name, value) -> map.put(name, plain(value)));
            return map;
        }
        return json.value();
    }
}
