package io.kepm.jobs;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.text.ArgumentText;
import io.kepm.api.trust.TopicRights;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Reads one task; a command line never reaches a shell. */
final class TaskReader {

    private static final Pattern COMMAND = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._+-]{0,99}");
    private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9-]{1,64}");
    private static final int LONGEST = 8192;
    private static final int MOST_ARGUMENTS = 256;

    /** Of each file that a program writes, when its task says nothing; and the most it may say. */
    private static final int FILE_MIB = 256;

    private static final int LARGEST_FILE_MIB = 1 << 20;
    private static final int LONGEST_TIMEOUT = 7 * 24 * 3600;

    private final TopicRights topics;

    TaskReader(TopicRights topics) {
        this.topics = topics;
    }

    /** What a task is when nothing of it could be read. */
    Task read(Members members, int place) {
        String id = members.text("id", "task-" + (place + 1), 100);
        if (!JobDocument.ID.matcher(id).matches()) {
            members.fault("id", "letters, digits, `.`, `_`, `-` are needed");
        }
        String type =
                members.choice(
                        "type", typeOf(members), List.of("process", "http", "mqtt", "builtin"));
        Task.Work work =
                switch (type) {
                    case "http" -> http(members);
                    case "mqtt" -> mqtt(members);
                    case "builtin" -> builtIn(members);
                    default -> process(members);
                };
        Optional<Members> retry = members.object("retry");
        Optional<Condition> condition =
                members.has("condition")
                        ? Optional.of(
                                new ConditionReader(members.faults())
                                        .read(
                                                members.value("condition"),
                                                members.pathOf("condition")))
                        : Optional.empty();
        String[] setting = setting(members);
        Task task =
                new Task(
                        id,
                        members.text("name", id, 200),
                        work,
                        Duration.ofSeconds(
                                members.number("timeoutSeconds", 3600, 1, LONGEST_TIMEOUT)),
                        members.flag("continueOnFailure", false),
                        retry.map(one -> one.number("attempts", 1, 1, 10) - 1).orElse(0),
                        Duration.ofSeconds(
                                retry.map(one -> one.number("backoffSeconds", 10, 0, 600))
                                        .orElse(0)),
                        condition,
                        merges(members, work),
                        setting[0],
                        setting[1]);
        retry.ifPresent(Members::end);
        members.end();
        return task;
    }

    /** The reference product names its built-ins in {@code command} alone. */
    private static String typeOf(Members members) {
        if (members.has("type") || members.has("executablePath")) {
            return "process";
        }
        return BuiltInNames.WORDS.contains(members.text("command", "", 200))
                ? "builtin"
                : "process";
    }

    private Task.Program process(Members members) {
        String command = members.text("command", "", 200);
        String path = members.text("executablePath", "", 1024);
        if (command.isEmpty() && path.isEmpty()) {
            members.fault("command", "`command` or `executablePath` is needed");
        }
        if (!command.isEmpty() && !COMMAND.matcher(command).matches()) {
            members.fault("command", "the name of a program alone is needed; use `executablePath`");
        }
        boolean absolute = path.startsWith("/") || path.startsWith("{approot}/");
        if (!path.isEmpty() && (!absolute || ("/" + path + "/").contains("/../"))) {
            members.fault(
                    "executablePath",
                    "an absolute path is needed, or one that begins with {approot}/; no `..`");
        }
        String name = path.isEmpty() ? command : path.substring(path.lastIndexOf('/') + 1);
        if (Programs.isShell(name)) {
            members.fault(
                    path.isEmpty() ? "command" : "executablePath",
                    "a shell is not run by a job: write a script that root owns and name that");
        }
        String script = members.text("scriptType", "Auto", 40);
        if (!script.equals("Auto")) {
            members.fault("scriptType", "`Auto` alone is known: by the interpreter line");
        }
        List<String> arguments = arguments(members);
        Task.As as = as(members);
        if (Programs.startsShell(name, arguments)) {
            members.fault("arguments", "a shell is not run by a job, by `" + name + "` neither");
        }
        boolean callsApi =
                arguments.stream().anyMatch(each -> each.contains("{" + Context.API + "}"));
        return new Task.Program(
                command,
                path,
                arguments,
                as,
                environment(members),
                callsApi,
                members.flag("requireSignature", false),
                (long) members.number("fileSizeLimitMiB", FILE_MIB, 1, LARGEST_FILE_MIB) << 20,
                as == Task.As.SERVICE && wantsMerge(members));
    }

    private static Task.As as(Members members) {
        String member = members.present("executionType", "ExecutionType").orElse("executionType");
        String word =
                members.choice(
                        member,
                        "Service",
                        List.of("Service", "User", "UserDesktop", "UserElevated"));
        for (Task.As as : Task.As.values()) {
            if (as.word().equals(word)) {
                return as;
            }
        }
        return Task.As.SERVICE;
    }

    private static List<String> arguments(Members members) {
        if (members.has("arguments") && members.value("arguments").isTextual()) {
            try {
                return ArgumentText.split(members.text("arguments", "", LONGEST));
            } catch (ArgumentText.Unbalanced e) {
                members.fault("arguments", String.valueOf(e.getMessage()));
                return List.of();
            }
        }
        List<String> arguments = members.texts("arguments", MOST_ARGUMENTS, LONGEST);
        for (int i = 0; i < arguments.size(); i++) {
            if (arguments.get(i).indexOf('\0') >= 0) {
                members.add(members.pathOf("arguments") + "/" + i, "it holds a NUL");
            }
        }
        return arguments;
    }

    private static Map<String, String> environment(Members members) {
        Map<String, String> environment = new LinkedHashMap<>();
        if (!members.has("env")) {
            return environment;
        }
        Members env = new Members(members.value("env"), members.pathOf("env"), members.faults());
        for (String name : names(members.value("env"))) {
            String value = env.text(name, "", LONGEST);
            if (Environment.mayBeSet(name)) {
                environment.put(name, value);
            } else {
                env.fault(name, "not among the variables that a job may set: " + Environment.MAY);
            }
        }
        return environment;
    }

    private static List<String> names(JsonNode node) {
        List<String> names = new ArrayList<>();
        node.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static Task.Http http(Members members) {
        String url = members.text("url", "", 4096);
        if (!url.startsWith("https://") && !UrlText.isOwn(url)) {
            members.fault(
                    "url",
                    "`https://…` is needed, or a route of the agent after {KeeperApiBaseUrl}");
        }
        Map<String, String> headers = new LinkedHashMap<>();
        if (members.has("headers")) {
            Members given =
                    new Members(
                            members.value("headers"), members.pathOf("headers"), members.faults());
            for (String name : names(members.value("headers"))) {
                if (!HEADER.matcher(name).matches()) {
                    given.fault(name, "no name of a header");
                } else if (List.of("host", "content-length", "connection", "transfer-encoding")
                        .contains(name.toLowerCase(java.util.Locale.ROOT))) {
                    given.fault(name, "that header is not for a job to set");
                } else if (name.equalsIgnoreCase("authorization") && UrlText.isOwn(url)) {
                    given.fault(name, "a call of the agent's API has the identity of its run");
                }
                headers.put(name, given.text(name, "", 4096));
            }
        }
        List<Integer> expected = new ArrayList<>();
        for (JsonNode status : members.list("expectStatus", 100)) {
            if (!status.isInt() || status.asInt() < 100 || status.asInt() > 599) {
                members.fault("expectStatus", "statuses from 100 to 599 are needed");
            }
            expected.add(status.asInt());
        }
        return new Task.Http(
                members.choice(
                        "method", "GET", List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")),
                url,
                headers,
                members.value("body"),
                expected);
    }

    private Task.Mqtt mqtt(Members members) {
        String topic = members.text("topic", "", 1024);
        topic(members, "topic", topic);
        if (!members.has("payload")) {
            members.fault("payload", "a text or an object is needed");
        }
        return new Task.Mqtt(topic, members.value("payload"));
    }

    /** With a placeholder in it, it is checked again when it is known. */
    private void topic(Members members, String name, String topic) {
        if (topic.isEmpty() || topic.indexOf('#') >= 0 || topic.indexOf('+') >= 0) {
            members.fault(name, "a topic without wildcards is needed");
        } else if (topic.indexOf('{') < 0
                && topics.publish().stream().noneMatch(one -> TopicFilter.matches(one, topic))) {
            members.fault(name, "`mqttTopics.allowedPublications` has to list it");
        }
    }

    private static Task.BuiltIn builtIn(Members members) {
        String command = members.text("command", "", 200);
        if (!BuiltInNames.WORDS.contains(command) && !BuiltInNames.CHORES.contains(command)) {
            members.fault(
                    "command",
                    "no built-in of that name; known: "
                            + String.join(", ", BuiltInNames.WORDS)
                            + ", "
                            + String.join(", ", BuiltInNames.CHORES));
        }
        if (!members.has("arguments") || !members.value("arguments").isObject()) {
            return new Task.BuiltIn(command, arguments(members), Map.of());
        }
        Map<String, JsonNode> named = new LinkedHashMap<>();
        Members given =
                new Members(
                        members.value("arguments"), members.pathOf("arguments"), members.faults());
        for (String name : names(members.value("arguments"))) {
            JsonNode value = members.value("arguments").path(name);
            if (name.length() > 64 || value.isNull()) {
                given.fault(name, "a name of at most 64 characters and a value are needed");
            }
            named.put(name, value);
        }
        return new Task.BuiltIn(command, List.of(), named);
    }

    private static String mergeMember(Members members) {
        return members.present("mergeStdoutJsonIntoContext", "MergeStdoutJsonIntoContext")
                .orElse("mergeStdoutJsonIntoContext");
    }

    private static boolean wantsMerge(Members members) {
        return members.flag(mergeMember(members), false);
    }

    private static boolean merges(Members members, Task.Work work) {
        String member = mergeMember(members);
        boolean merges = wantsMerge(members);
        if (merges && work instanceof Task.Program process && process.as() != Task.As.SERVICE) {
            members.fault(
                    member, "for `Service` alone: what runs as a user is in reach of that user");
        }
        return merges;
    }

    /** {@code PLUGIN/SETTING}, or the two in an object. */
    private static String[] setting(Members members) {
        Optional<String> member =
                members.present("skipWhenPluginSettingFalse", "SkipWhenPluginSettingFalse");
        if (member.isEmpty()) {
            return new String[] {"", ""};
        }
        String plugin;
        String setting;
        if (members.value(member.get()).isTextual()) {
            String[] parts = members.text(member.get(), "", 300).split("/", 2);
            plugin = parts[0];
            setting = parts.length > 1 ? parts[1] : "";
        } else {
            Members both =
                    new Members(
                            members.value(member.get()),
                            members.pathOf(member.get()),
                            members.faults());
            plugin = both.text("plugin", "", 128);
            setting = both.text("setting", "", 200);
            both.end();
        }
        if (plugin.isEmpty() || setting.isEmpty()) {
            members.fault(member.get(), "`PLUGIN/SETTING` is needed");
        }
        return new String[] {plugin, setting};
    }
}
