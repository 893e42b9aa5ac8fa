package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The collections of a set, resolved from the leaves up when somebody refers to them. For one
 * thread until all are resolved; from then on nothing changes, and any number may ask.
 */
final class Gatherings {

    static final int MAX_DEPTH = 16;

    /** 16 bytes as base64url without padding: the last character carries two bits only. */
    private static final Pattern BARE_ID = Pattern.compile("[A-Za-z0-9_-]{21}[AQgw]");

    private static final String PREFIX = "collection:";
    private static final Set<Integer> USERS = Set.of(3, 4, 6, 10, 103);
    private static final Set<Integer> MACHINES = Set.of(1, 101, 201, 202);
    private static final Set<Integer> APPLICATIONS = Set.of(2, 5, 102, 105);

    private record Definition(int type, List<JsonNode> members, Place place) {}

    /** How one kind of filter reads a member. */
    private interface Reader<E> {
        Optional<E> read(JsonNode member, Place place);
    }

    private final Pool pool = new Pool();
    private final Map<String, Definition> definitions = new HashMap<>();
    private final Map<String, Optional<Gathering<UserEntry>>> users = new HashMap<>();
    private final Map<String, Optional<Gathering<MachineEntry>>> machines = new HashMap<>();
    private final Map<String, Optional<Gathering<AppEntry>>> applications = new HashMap<>();
    private final Set<String> open = new HashSet<>();

    /** What the policies of the same set share. */
    Pool pool() {
        return pool;
    }

    /** The id when a text is a reference, spelled out or bare. */
    static Optional<String> reference(String text) {
        if (text.startsWith(PREFIX)) {
            return Optional.of(text.substring(PREFIX.length()));
        }
        return text.length() == 22 && BARE_ID.matcher(text).matches()
                ? Optional.of(text)
                : Optional.empty();
    }

    /** Takes the definitions of a file; refuses what is wrong with them. */
    void define(JsonNode file, Place place) {
        List<JsonNode> items = file.isArray() ? Members.items(file, place) : List.of(file);
        for (int i = 0; i < items.size(); i++) {
            Place at = file.isArray() ? place.item(i) : place;
            Members.of(items.get(i), at).ifPresent(this::define);
        }
    }

    private void define(Members members) {
        String id = members.requiredText("id");
        int type = members.integer("type", -1, 0, 1999);
        members.requiredText("name");
        List<JsonNode> items = members.items("members");
        members.refuseOthers();
        if (id.isEmpty() || id.length() > 128 || !Texts.isPrintable(id)) {
            members.place("id").refuse("1 to 128 printable characters are expected");
        } else if (!USERS.contains(type)
                && !MACHINES.contains(type)
                && !APPLICATIONS.contains(type)) {
            members.place("type")
                    .refuse(
                            "unknown type (known: users 3, 4, 6, 10, 103; machines 1, 101, 201, 202;"
                                    + " applications 2, 5, 102, 105)");
        } else if (definitions.putIfAbsent(id, new Definition(type, items, members.place()))
                != null) {
            members.place("id").refuse("a second collection " + Place.quoted(id));
        }
    }

    /** Resolves every collection, so that a fault in one that nobody names is found too. */
    void resolveAll() {
        Map<String, Integer> heights = new HashMap<>();
        definitions.forEach(
                (id, definition) -> {
                    if (height(id, 1, heights) > MAX_DEPTH) {
                        definition
                                .place()
                                .refuse(
                                        "collection "
                                                + Place.quoted(id)
                                                + " is nested more than "
                                                + MAX_DEPTH
                                                + " deep, or holds itself");
                    }
                });
        definitions.forEach(
                (id, definition) -> {
                    Place place = definition.place();
                    if (USERS.contains(definition.type())) {
                        users(id, place);
                    } else if (MACHINES.contains(definition.type())) {
                        machines(id, place);
                    } else {
                        applications(id, place);
                    }
                });
    }

    /** How many collections stand in each other, counted no further than one too many. */
    private int height(String id, int level, Map<String, Integer> heights) {
        Integer known = heights.get(id);
        if (known != null) {
            return known;
        }
        Definition definition = definitions.get(id);
        if (definition == null || level > MAX_DEPTH) {
            return definition == null ? 0 : 1;
        }
        int highest = 0;
        for (JsonNode member : definition.members()) {
            Optional<String> inner = reference(member.asText(""));
            if (inner.isPresent()) {
                highest = Math.max(highest, height(inner.get(), level + 1, heights));
            }
        }
        heights.put(id, highest + 1);
        return highest + 1;
    }

    Optional<Gathering<UserEntry>> users(String id, Place place) {
        return resolve(id, USERS, users, place, text((t, at) -> UserEntry.parse(t, this, at)));
    }

    Optional<Gathering<MachineEntry>> machines(String id, Place place) {
        return resolve(
                id, MACHINES, machines, place, text((t, at) -> MachineEntry.parse(t, this, at)));
    }

    Optional<Gathering<AppEntry>> applications(String id, Place place) {
        return resolve(
                id,
                APPLICATIONS,
                applications,
                place,
                (member, at) ->
                        member.isObject()
                                ? pinned(member, at)
                                : text((String t, Place p) -> AppEntry.parse(t, this, p))
                                        .read(member, at));
    }

    private interface TextReader<E> {
        Optional<E> read(String text, Place place);
    }

    private static <E> Reader<E> text(TextReader<E> reader) {
        return (member, place) -> {
            if (!member.isTextual()) {
                place.refuse("a text is expected");
                return Optional.empty();
            }
            return reader.read(member.textValue(), place);
        };
    }

    private static Optional<AppEntry> pinned(JsonNode member, Place place) {
        Members members = Members.of(member, place).orElseThrow();
        String path = members.requiredText("Path");
        String hex = members.requiredText("Sha256");
        members.refuseOthers();
        if (path.isEmpty() || hex.isEmpty()) {
            return Optional.empty();
        }
        Optional<PathPattern> pattern = PathPattern.parse(path, true, place.member("Path"));
        Optional<String> digest = AppEntry.digest(hex, place.member("Sha256"));
        return pattern.flatMap(p -> digest.map(d -> new AppEntry.Pinned(p, d)));
    }

    private <E> Optional<Gathering<E>> resolve(
            String id,
            Set<Integer> types,
            Map<String, Optional<Gathering<E>>> done,
            Place place,
            Reader<E> reader) {
        Definition definition = definitions.get(id);
        if (definition == null) {
            place.refuse("unknown collection " + Place.quoted(id));
            return Optional.empty();
        }
        if (!types.contains(definition.type())) {
            place.refuse(
                    "collection "
                            + Place.quoted(id)
                            + " is of type "
                            + definition.type()
                            + ", which cannot stand here (known: "
                            + types.stream().sorted().toList()
                            + ")");
            return Optional.empty();
        }
        Optional<Gathering<E>> known = done.get(id);
        if (known != null) {
            return known;
        }
        if (!open.add(id)) {
            place.refuse("collection " + Place.quoted(id) + " holds itself");
            return Optional.empty();
        }
        Optional<Gathering<E>> resolved = Optional.empty();
        if (open.size() > MAX_DEPTH) {
            place.refuse("collections are nested more than " + MAX_DEPTH + " deep");
        } else {
            resolved = Optional.of(read(id, definition, reader));
        }
        open.remove(id);
        done.put(id, resolved);
        return resolved;
    }

    private static <E> Gathering<E> read(String id, Definition definition, Reader<E> reader) {
        List<E> entries = new ArrayList<>();
        Place place = definition.place().member("members");
        for (int i = 0; i < definition.members().size(); i++) {
            reader.read(definition.members().get(i), place.item(i)).ifPresent(entries::add);
        }
        return new Gathering<>(id, entries);
    }
}
