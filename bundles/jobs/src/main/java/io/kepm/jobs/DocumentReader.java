package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.jobs.JobFault;
import io.kepm.api.trust.TopicRights;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads one document, and says all that is wrong with it at once. */
final class DocumentReader {

    private static final Logger LOG = LoggerFactory.getLogger(DocumentReader.class);
    private static final Pattern EVENT = Pattern.compile("[A-Za-z][A-Za-z0-9._-]{0,63}");

    /** Half of all places: one job that hangs leaves room for others. */
    private static final int MOST_CONCURRENT = Places.ALL / 2;

    private static final int LONGEST_DEADLINE = 7 * 24 * 3600;

    private final List<JobFault> faults = new ArrayList<>();

    private DocumentReader() {}

    /** What a document says; empty with everything that is wrong with it. */
    record Read(Optional<JobDocument> document, List<JobFault> faults) {
        static Read faulty(String message) {
            return new Read(Optional.empty(), List.of(new JobFault("", message)));
        }
    }

    /**
     * Reads a document.
     *
     * @param id what its file is called; empty when it has no file yet
     */
    static Read read(byte[] bytes, String id) {
        if (bytes.length > JobDocument.MAX_BYTES) {
            return Read.faulty("larger than 256 KiB");
        }
        try {
            DocumentReader reader = new DocumentReader();
            JobDocument document = reader.document(JsonText.read(bytes), id);
            return reader.faults.isEmpty()
                    ? new Read(Optional.of(document), List.of())
                    : new Read(Optional.empty(), List.copyOf(reader.faults));
        } catch (JsonText.Unreadable e) {
            return Read.faulty(String.valueOf(e.getMessage()));
        } catch (RuntimeException | StackOverflowError e) {
            // INVARIANT: one document, whatever is in it, keeps no other from being read.
            LOG.error("a document of a job can't be judged", e);
            return Read.faulty("it can't be judged, and so is not used: the agent's log says why");
        }
    }

    private JobDocument document(JsonNode node, String fileId) {
        Members root = new Members(node, "", faults);
        String id = root.text("id", "", 100);
        if (!JobDocument.ID.matcher(id).matches()) {
            root.fault("id", "letters, digits, `.`, `_`, `-` are needed, 100 at most");
        } else if (!fileId.isEmpty() && !id.equals(fileId)) {
            root.fault("id", "it has to be `" + fileId + "`, as the file is called");
        }
        TopicRights topics = root.object("mqttTopics").map(this::topics).orElse(TopicRights.NONE);
        List<Parameter> parameters = parameters(root);
        TaskReader reader = new TaskReader(topics);
        JobDocument document =
                new JobDocument(
                        id,
                        root.text("name", id, 200),
                        root.text("description", "", 4000),
                        root.flag("enabled", true),
                        root.number("priority", 5, 1, 10),
                        root.object("schedule").flatMap(ScheduleReader::read),
                        events(root),
                        parameters,
                        tasks(root, reader),
                        root.has("condition")
                                ? Optional.of(
                                        new ConditionReader(faults)
                                                .read(root.value("condition"), "/condition"))
                                : Optional.empty(),
                        alternate(root, id),
                        forLinux(root),
                        eventTopic(root, topics),
                        topics,
                        launchedBy(root),
                        root.number("maxConcurrent", 1, 1, MOST_CONCURRENT),
                        Duration.ofSeconds(
                                root.number("deadlineSeconds", 3600, 1, LONGEST_DEADLINE)));
        // For editors.
        var unused = root.text("$schema", "", 1000);
        root.end();
        return document;
    }

    private List<String> events(Members root) {
        List<String> events = new ArrayList<>();
        List<JsonNode> entries = root.list("events", 100);
        for (int i = 0; i < entries.size(); i++) {
            String place = root.pathOf("events") + "/" + i;
            JsonNode entry = entries.get(i);
            String name = entry.asText("");
            if (entry.isObject()) {
                Members members = new Members(entry, place, faults);
                name = members.text("eventType", "", 100);
                members.end();
            }
            if (!EVENT.matcher(name).matches()) {
                root.add(place, "a name of an event is needed, or {\"eventType\": NAME}");
            }
            events.add(name);
        }
        return events;
    }

    private static List<String> launchedBy(Members root) {
        List<String> plugins = new ArrayList<>();
        for (String id : root.texts("launchedBy", 100, 100)) {
            if (!JobDocument.ID.matcher(id).matches()) {
                root.fault("launchedBy", "`" + id + "` is no id of a plugin");
            }
            plugins.add("plugin:" + id);
        }
        return plugins;
    }

    private List<Parameter> parameters(Members root) {
        List<Parameter> parameters = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<JsonNode> entries = root.list("parameters", 100);
        for (int i = 0; i < entries.size(); i++) {
            Members one = new Members(entries.get(i), root.pathOf("parameters") + "/" + i, faults);
            String name = one.text("name", "", 100);
            if (!Parameter.NAME.matcher(name).matches() || name.equals(Context.API)) {
                one.fault("name", "a letter, then letters, digits, `_` are needed");
            } else if (!names.add(name)) {
                one.fault("name", "`" + name + "` stands here twice");
            }
            String type = one.choice("type", "string", List.of("string", "int", "bool", "path"));
            Parameter bare =
                    new Parameter(
                            name,
                            Parameter.Type.valueOf(type.toUpperCase(java.util.Locale.ROOT)),
                            Optional.empty(),
                            one.flag("required", false));
            Optional<String> absent = Optional.empty();
            if (one.has("default")) {
                Object value = JsonText.plain(one.value("default"));
                bare.fault(value).ifPresent(fault -> one.fault("default", fault));
                absent = Optional.of(String.valueOf(value));
            }
            one.end();
            parameters.add(new Parameter(name, bare.type(), absent, bare.required()));
        }
        return parameters;
    }

    private List<Task> tasks(Members root, TaskReader reader) {
        List<Task> tasks = new ArrayList<>();
        Set<String> ids = new HashSet<>();
        List<JsonNode> entries = root.list("tasks", JobDocument.MOST_TASKS);
        if (entries.isEmpty()) {
            root.fault("tasks", "at least one task is needed, 100 at most");
        }
        for (int i = 0; i < entries.size(); i++) {
            Members members = new Members(entries.get(i), root.pathOf("tasks") + "/" + i, faults);
            Task task = reader.read(members, i);
            if (!ids.add(task.id())) {
                members.fault("id", "`" + task.id() + "` stands here twice");
            }
            tasks.add(task);
        }
        return tasks;
    }

    private static String alternate(Members root, String id) {
        String alternate = root.text("alternateJobId", "", 100);
        if (!alternate.isEmpty()) {
            if (!JobDocument.ID.matcher(alternate).matches() || alternate.equals(id)) {
                root.fault("alternateJobId", "the id of another job is needed");
            }
            if (!root.has("condition")) {
                root.fault("alternateJobId", "of no use without `condition`");
            }
        }
        return alternate;
    }

    private static boolean forLinux(Members root) {
        Optional<Members> filter = root.object("osFilter");
        if (filter.isEmpty()) {
            return true;
        }
        boolean linux = filter.get().flag("linux", false);
        filter.get().flag("windows", false);
        filter.get().flag("macOS", false);
        filter.get().end();
        return linux;
    }

    private static String eventTopic(Members root, TopicRights topics) {
        String topic = root.text("eventTopic", "", 1024);
        if (!topic.isEmpty()
                && topics.publish().stream().noneMatch(one -> TopicFilter.matches(one, topic))) {
            root.fault("eventTopic", "`mqttTopics.allowedPublications` has to list it");
        }
        return topic;
    }

    private TopicRights topics(Members members) {
        TopicRights rights =
                new TopicRights(
                        filters(members, "allowedPublications"),
                        filters(members, "allowedSubscriptions"));
        members.end();
        return rights;
    }

    private static List<String> filters(Members members, String name) {
        List<String> filters = members.texts(name, 100, 1024);
        for (int i = 0; i < filters.size(); i++) {
            String fault = TopicFilter.fault(filters.get(i));
            if (!fault.isEmpty()) {
                members.add(members.pathOf(name) + "/" + i, fault);
            }
        }
        return filters;
    }
}
