package io.kepm.jobs;

import io.kepm.api.trust.TopicRights;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * One {@code Jobs/ID.json}, checked (plugins-jobs-settings.md §2).
 *
 * @param priority 1 to 10; higher ones first when several are due
 * @param events names of the events that start it
 * @param condition what has to hold, else it is skipped or {@code alternate} runs
 * @param alternate id of the job that runs in its place; empty for none
 * @param forThisSystem whether its {@code osFilter} lets it run on Linux
 * @param eventTopic where its tasks publish their own progress; empty for nowhere
 * @param topics what its tasks may say and hear at the broker
 * @param launchedBy client ids of plugins that may ask for a run
 * @param deadline of a whole run
 */
record JobDocument(
        String id,
        String name,
        String description,
        boolean enabled,
        int priority,
        Optional<Schedule> schedule,
        List<String> events,
        List<Parameter> parameters,
        List<Task> tasks,
        Optional<Condition> condition,
        String alternate,
        boolean forThisSystem,
        String eventTopic,
        TopicRights topics,
        List<String> launchedBy,
        int maxConcurrent,
        Duration deadline) {

    static final Pattern ID = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    static final int MAX_BYTES = 256 << 10;
    static final int MOST_TASKS = 100;

    JobDocument {
        events = List.copyOf(events);
        launchedBy = List.copyOf(launchedBy);
        parameters = List.copyOf(parameters);
        tasks = List.copyOf(tasks);
    }

    boolean declaresTopics() {
        return !topics.publish().isEmpty() || !topics.subscribe().isEmpty();
    }

    /**
     * Whether nothing outside of the agent holds it up: neither a program nor a call, and no pause
     * before another try.
     */
    boolean isQuick() {
        return tasks.stream()
                .allMatch(
                        task ->
                                task.retries() == 0
                                        && (task.work() instanceof Task.BuiltIn
                                                || task.work() instanceof Task.Mqtt));
    }

    boolean mayRun() {
        return enabled && forThisSystem;
    }

    /** For people. */
    List<String> triggers() {
        List<String> words = new java.util.ArrayList<>();
        schedule.ifPresent(times -> words.add(times.text()));
        events.forEach(event -> words.add("event " + event));
        return words;
    }
}
