package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.linux.Accounts;
import io.kepm.api.storage.Table;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class GroupMirrorTest {

    private final FakeWorld world = new FakeWorld();
    private final Directory directory = new Directory();

    /** Groups by name, and an account for whoever is in one. */
    private static final class Directory implements Accounts {
        final Map<String, List<String>> groups = new TreeMap<>();
        final Set<String> gone = new HashSet<>();

        /** What the list of a group lacks though its members know that they are in it. */
        final Set<String> unlisted = new HashSet<>();

        boolean hangs;
        boolean full;

        @Override
        public Optional<Account> byName(String name) {
            if (gone.contains(name)) {
                return Optional.empty();
            }
            long uid = name.equals("root") ? 0 : 1000;
            return Optional.of(new Account(name, uid, uid, "/home/" + name, "/bin/bash"));
        }

        @Override
        public Optional<Account> byUid(long uid) {
            return Optional.empty();
        }

        @Override
        public List<String> groups(String user) {
            return groups.entrySet().stream()
                    .filter(group -> group.getValue().contains(user))
                    .map(Map.Entry::getKey)
                    .toList();
        }

        @Override
        public Optional<List<String>> members(String group) throws NameServiceException {
            if (hangs) {
                throw new NameServiceException("no answer within 2000 ms");
            }
            return Optional.ofNullable(groups.get(group))
                    .map(names -> unlisted.contains(group) ? List.of() : List.copyOf(names));
        }

        @Override
        public void addToGroup(String user, String group) throws NameServiceException {
            if (full) {
                throw new NameServiceException("the disk is full");
            }
            groups.get(group).add(user);
        }

        @Override
        public void removeFromGroup(String user, String group) {
            groups.get(group).remove(user);
        }
    }

    private GroupMirror mirror(String... groups) throws Exception {
        return new GroupMirror(
                List.of(groups),
                directory,
                new Membership(directory, world.log, List.of("sudo")),
                world.log,
                world.log);
    }

    /** As many looks as somebody has to be seen in no group. */
    private static void lookLong(GroupMirror mirror) throws Exception {
        for (int i = 0; i < GroupMirror.LOOKS_UNTIL_GONE; i++) {
            mirror.look();
        }
    }

    private List<String> governed(String... names) {
        return directory.groups.computeIfAbsent("kepm-users", n -> new ArrayList<>(List.of(names)));
    }

    @Test
    void who_comes_into_a_named_group_is_governed_and_who_leaves_is_not_any_more()
            throws Exception {
        governed("byhand");
        directory.groups.put("corp", List.of("anna", "byhand"));
        directory.groups.put("labs", List.of("anna", "ben"));
        mirror("corp", "labs").look();
        assertThat(governed()).containsExactly("byhand", "anna", "ben");
        assertThat(world.log.drafts).hasSize(2).allMatch(d -> d.outcome().equals("GOVERN"));
        directory.groups.put("corp", List.of());
        directory.groups.put("labs", List.of("anna"));
        // By another agent: what was mirrored is known over a restart.
        lookLong(mirror("corp", "labs"));
        assertThat(governed()).containsExactly("byhand", "anna");
        mirror().look();
        assertThat(governed()).containsExactly("byhand");
        assertThat(mirror().hasWork()).isFalse();
    }

    @Test
    void a_directory_that_answers_with_a_part_for_a_while_takes_nobody_out() throws Exception {
        governed();
        directory.groups.put("corp", List.of("anna", "ben"));
        GroupMirror mirror = mirror("corp");
        mirror.look();
        for (int i = 0; i < 3; i++) {
            directory.groups.put("corp", List.of("anna"));
            for (int look = 1; look < GroupMirror.LOOKS_UNTIL_GONE; look++) {
                mirror.look();
                assertThat(governed()).containsExactly("anna", "ben");
            }
            directory.groups.put("corp", List.of("anna", "ben"));
            mirror.look();
        }
    }

    @Test
    void while_a_group_is_not_known_nobody_leaves() throws Exception {
        governed();
        directory.groups.put("corp", List.of("anna"));
        mirror("corp").look();
        directory.groups.remove("corp");
        mirror("corp").look();
        directory.hangs = true;
        mirror("corp").look();
        directory.hangs = false;
        assertThat(governed()).containsExactly("anna");
    }

    @Test
    void root_and_emergency_accounts_are_left_out_and_hold_nobody_else_up() throws Exception {
        governed();
        directory.groups.put("corp", List.of("root", "rescue", "zoe"));
        directory.groups.put("kepm-breakglass", List.of("rescue"));
        mirror("corp").look();
        assertThat(governed()).containsExactly("zoe");
    }

    @Test
    void without_a_record_nobody_is_moved_and_a_large_group_takes_several_looks() throws Exception {
        governed();
        List<String> many = new ArrayList<>();
        for (int i = 0; i < GroupMirror.MOST_AT_ONCE + 5; i++) {
            many.add(String.format("u%03d", i));
        }
        directory.groups.put("corp", many);
        GroupMirror mirror = mirror("corp");
        mirror.look();
        assertThat(governed()).hasSize(GroupMirror.MOST_AT_ONCE);
        world.log.broken = true;
        assertThat(org.assertj.core.api.Assertions.catchThrowable(mirror::look)).isNotNull();
        assertThat(governed()).hasSize(GroupMirror.MOST_AT_ONCE);
        world.log.broken = false;
        mirror.look();
        assertThat(governed()).hasSize(many.size());
    }

    @Test
    void who_is_only_missing_in_the_list_of_a_group_does_not_leave() throws Exception {
        governed();
        directory.groups.put("corp", List.of("anna", "ben"));
        directory.groups.put("labs", List.of("zoe"));
        mirror("corp", "labs").look();
        directory.unlisted.add("corp");
        directory.groups.put("corp", List.of("anna"));
        lookLong(mirror("corp", "labs"));
        assertThat(governed()).as("ben has left").containsExactly("anna", "zoe");
    }

    @Test
    void nobody_leaves_when_all_groups_seem_empty_until_the_site_names_none() throws Exception {
        governed();
        directory.groups.put("corp", List.of("anna"));
        directory.groups.put("labs", List.of());
        mirror("corp", "labs").look();
        directory.groups.put("corp", List.of());
        mirror("corp", "labs").look();
        assertThat(governed()).containsExactly("anna");
        mirror().look();
        assertThat(governed()).isEmpty();
    }

    @Test
    void an_account_that_is_gone_is_forgotten_once_it_is_in_no_governed_group() throws Exception {
        governed();
        directory.groups.put("corp", List.of("anna", "ben"));
        mirror("corp").look();
        directory.groups.put("corp", List.of("ben"));
        directory.gone.add("anna");
        lookLong(mirror("corp"));
        assertThat(governed()).containsExactly("anna", "ben");
        assertThat(kept()).containsExactly("anna", "ben");
        governed().remove("anna");
        lookLong(mirror("corp"));
        assertThat(kept()).containsExactly("ben");
    }

    @Test
    void however_many_can_not_be_moved_the_others_are() throws Exception {
        governed();
        List<String> many = new ArrayList<>();
        for (int i = 0; i < GroupMirror.MOST_TRIED + 5; i++) {
            many.add(String.format("gone%03d", i));
        }
        directory.gone.addAll(many);
        many.add("zoe");
        directory.groups.put("corp", many);
        GroupMirror mirror = mirror("corp");
        mirror.look();
        assertThat(governed()).isEmpty();
        mirror.look();
        assertThat(governed()).containsExactly("zoe");
    }

    @Test
    void who_could_not_be_brought_into_the_group_is_nobody_of_the_mirrors() throws Exception {
        governed();
        directory.groups.put("corp", List.of("anna"));
        directory.full = true;
        mirror("corp").look();
        assertThat(kept()).isEmpty();
        directory.full = false;
        governed().add("anna");
        mirror("corp").look();
        mirror().look();
        assertThat(governed()).containsExactly("anna");
    }

    @Test
    void whom_an_administrator_governs_as_well_stays_when_he_leaves_the_group() throws Exception {
        governed();
        directory.groups.put("corp", List.of("anna", "ben"));
        GroupMirror mirror = mirror("corp");
        mirror.look();
        assertThat(mirror.byHand("anna", "root").steps())
                .containsExactly(
                        "anna is governed already", "anna stays, also when no group names them");
        mirror().look();
        assertThat(governed()).containsExactly("anna");
    }

    @Test
    void that_somebody_stays_is_said_only_when_it_is_kept() throws Exception {
        governed();
        directory.groups.put("corp", List.of("anna"));
        GroupMirror mirror = mirror("corp");
        mirror.look();
        world.log.broken = true;
        assertThat(mirror.byHand("anna", "root").fault()).startsWith("a group may take anna out: ");
    }

    private List<String> kept() throws Exception {
        return world.log
                .get(Table.AGENT_STATE, GroupMirror.KEY)
                .map(bytes -> new String(bytes, StandardCharsets.UTF_8).lines().toList())
                .orElse(List.of());
    }
}
