package io.kepm.mqtt;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.trust.TopicRights;
import java.util.List;
import org.junit.jupiter.api.Test;

class DeclaredRightsTest {

    private static Rights rights(List<String> publish, List<String> subscribe) {
        return new DeclaredRights("plugin:a", new TopicRights(publish, subscribe));
    }

    private static boolean says(Rights rights, String topic) {
        return rights.publish(Topic.of(topic)).isEmpty();
    }

    private static boolean hears(Rights rights, String filter) {
        return rights.subscribe(TopicFilter.of(filter)).isEmpty();
    }

    @Test
    void only_what_was_declared_is_granted() {
        Rights rights = rights(List.of("KeeperPolicy", "a/+"), List.of("a", "a/Commands/+"));
        assertThat(says(rights, "KeeperPolicy")).isTrue();
        assertThat(says(rights, "a/x")).isTrue();
        assertThat(says(rights, "a/x/y")).isFalse();
        assertThat(says(rights, "KeeperLogger")).isFalse();
        assertThat(hears(rights, "a/Commands/+")).isTrue();
        assertThat(hears(rights, "a/Commands/stop")).isTrue();
        assertThat(hears(rights, "a/+/stop")).isFalse();
        assertThat(hears(rights, "b")).isFalse();
    }

    /** Members: the bare `#`, other filters of nothing but wildcards, `$SYS`, `$share`. */
    @Test
    void ab_62_everything_and_the_brokers_inside_are_never_granted_whatever_was_declared() {
        Rights rights =
                rights(
                        List.of("#", "$SYS/#", "+/+"),
                        List.of("#", "+", "+/#", "$SYS/#", "$share/g/#", "$share/#"));
        for (String filter :
                List.of("#", "+", "+/#", "+/+/#", "$SYS/#", "$SYS/a", "$share/g/a", "$share/g/#")) {
            assertThat(hears(rights, filter)).as(filter).isFalse();
        }
        assertThat(says(rights, "$SYS/a")).isFalse();
        assertThat(hears(rights, "a/b")).isTrue();
    }

    /** Members: the audit, answers to others, answers to oneself, by exact name and by wildcard. */
    @Test
    void ab_61_nobody_but_the_agent_publishes_security_messages() {
        Rights rights = rights(List.of("#"), List.of("#"));
        for (String topic :
                List.of(
                        "AuditMessage",
                        "AuditMessage/x",
                        "plugin:a/Responses/1",
                        "plugin:b/Responses/1",
                        "job:j:1/Responses/1",
                        "plugin:b")) {
            assertThat(says(rights, topic)).as(topic).isFalse();
        }
    }

    @Test
    void answers_and_questions_are_heard_by_those_they_are_for() {
        Rights rights = rights(List.of(), List.of("#", "plugin:b/#", "KeeperPolicy"));
        assertThat(hears(rights, "plugin:a/Responses/+")).isTrue();
        assertThat(hears(rights, "plugin:a/Responses/17")).isTrue();
        for (String filter :
                List.of(
                        "plugin:b/Responses/+",
                        "plugin:a/+/x",
                        "plugin:a/Responses",
                        "plugin:a/#",
                        "plugin:ab/Responses/x",
                        "KeeperPolicy",
                        "KeeperPolicy/#",
                        "KeeperLogger",
                        "KeeperLogger/#")) {
            assertThat(hears(rights, filter)).as(filter).isFalse();
        }
    }

    @Test
    void a_declared_filter_that_is_none_grants_nothing() {
        Rights rights = rights(List.of("a/#/b", ""), List.of("a+", "b/#/c"));
        assertThat(says(rights, "a/x/b")).isFalse();
        assertThat(hears(rights, "b/x/c")).isFalse();
    }
}
