package io.kepm.policy;

import com.fasterxml.jackson.databind.JsonNode;
import io.kepm.api.policy.EvaluationRequest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/** Whether one policy applies to a request, and by what; every filter from its JSON. */
record ReferenceMatch(
        JsonNode policy,
        Map<String, JsonNode> collections,
        String approot,
        EvaluationRequest r,
        ZonedDateTime at) {

    private static final Set<String> ELEVATION =
            Set.of("PrivilegeElevation", "CommandLine", "AgenticPrivilegeElevation");

    static boolean isElevation(String type) {
        return ELEVATION.contains(type);
    }

    private JsonNode extension(String name) {
        return policy.path("Extension").path(name);
    }

    private boolean has(String control) {
        return ReferenceEvaluator.controls(policy).contains(control);
    }

    private boolean denies() {
        return has("DENY");
    }

    private boolean onlyDenied() {
        return !extension("DenyCommands").isEmpty()
                && !has("ALLOW")
                && !ReferenceEvaluator.asks(policy);
    }

    /** What only refuses also refuses what can't be known. */
    private boolean unsure() {
        return denies() || onlyDenied();
    }

    private ReferencePath paths() {
        return new ReferencePath(approot, r);
    }

    /** {@code DENY}, {@code GIVE}, or empty when it does not apply. */
    String answer() {
        String signed = signed(policy, r);
        if (!who() || !when() || !what() || signed.equals("NO")) {
            return "";
        }
        boolean certain =
                signed.equals("YES")
                        || denies()
                        || ReferenceEvaluator.asks(policy)
                        || has("RECORD")
                        || Stream.of("NoExec", "Intercept", "EphemeralAccount", "BindCwd")
                                .anyMatch(flag -> extension(flag).asBoolean(false))
                        || !extension("DurationMinutes").isMissingNode();
        if (!isElevation(r.eventType())) {
            return !certain ? "" : denies() ? "DENY" : "GIVE";
        }
        if (none(extension("RunAs"), name -> name.asText().equals(r.runAs()))) {
            if (any(extension("DenyCommands"), line -> line(line.asText(), true, true))) {
                return "DENY";
            }
            boolean root = denies() || !extension("RunAs").isEmpty() || r.runAs().equals("root");
            boolean commands =
                    (extension("Commands").isEmpty() && extension("AllowCommands").isEmpty())
                            || any(extension("Commands"), this::command)
                            || any(
                                    extension("AllowCommands"),
                                    line -> line(line.asText(), false, denies()));
            if (root && commands && certain && !onlyDenied()) {
                return denies() ? "DENY" : "GIVE";
            }
        }
        return "";
    }

    static boolean any(JsonNode list, Predicate<JsonNode> fits) {
        return StreamSupport.stream(list.spliterator(), false).anyMatch(fits);
    }

    /** An empty or missing list is no limit. */
    private static boolean none(JsonNode list, Predicate<JsonNode> fits) {
        return list.isEmpty() || any(list, fits);
    }

    private boolean who() {
        return none(policy.path("UserCheck"), entry -> user(entry.asText()))
                && none(policy.path("MachineCheck"), entry -> machine(entry.asText()));
    }

    private boolean isCollection(String text) {
        return text.startsWith("collection:") || collections.containsKey(text);
    }

    private boolean member(String reference, Predicate<JsonNode> fits) {
        JsonNode collection = collections.get(reference.replace("collection:", ""));
        return collection != null && any(collection.path("members"), fits);
    }

    private boolean user(String text) {
        EvaluationRequest.User user = r.user();
        if (isCollection(text)) {
            return member(text, each -> user(each.asText()));
        }
        if (text.startsWith("%") || text.startsWith("group:")) {
            return user.groups().contains(text.replaceFirst("^(%|group:)", ""));
        }
        if (text.startsWith("uid:")) {
            return user.uid() == Long.parseLong(text.substring(4));
        }
        if (text.startsWith("user:")) {
            return user.domain().isEmpty() && text.substring(5).equals(user.name());
        }
        if (text.equals("*")) {
            return true;
        }
        if (user.domain().isEmpty()) {
            return domainInLowerCase(text).equals(domainInLowerCase(user.name()));
        }
        String domain = user.domain().get().toLowerCase(Locale.ROOT);
        String[] back = text.split("\\\\", -1);
        String[] mail = text.split("@", -1);
        return (back.length == 2
                        && back[0].toLowerCase(Locale.ROOT).equals(domain)
                        && back[1].equals(user.name()))
                || (mail.length == 2
                        && mail[1].toLowerCase(Locale.ROOT).equals(domain)
                        && mail[0].equals(user.name()));
    }

    private static String domainInLowerCase(String written) {
        int slash = written.indexOf('\\');
        if (slash > 0 && slash < written.length() - 1) {
            return written.substring(0, slash).toLowerCase(Locale.ROOT) + written.substring(slash);
        }
        int at = written.lastIndexOf('@');
        return at > 0 && at < written.length() - 1
                ? written.substring(0, at) + written.substring(at).toLowerCase(Locale.ROOT)
                : written;
    }

    private boolean machine(String text) {
        if (isCollection(text)) {
            return member(text, each -> machine(each.asText()));
        }
        String entry = plain(text);
        String host = plain(r.machine().hostname());
        if (entry.startsWith("os:")) {
            return entry.equals("os:" + r.machine().os().toLowerCase(Locale.ROOT));
        }
        return entry.equals("*") || entry.equals(host) || entry.equals(host.split("\\.", -1)[0]);
    }

    private static String plain(String host) {
        return host.toLowerCase(Locale.ROOT).replaceFirst("\\.$", "");
    }

    private boolean when() {
        int day = at.getDayOfWeek().getValue() % 7;
        return none(policy.path("DayCheck"), entry -> entry.asInt() == day)
                && none(policy.path("DateCheck"), this::date)
                && none(policy.path("TimeCheck"), this::time);
    }

    private boolean date(JsonNode range) {
        LocalDate today = at.toLocalDate();
        JsonNode start = range.path("StartDate");
        JsonNode end = range.path("EndDate");
        return (start.isMissingNode() || start.isNull() || !day(start).isAfter(today))
                && (end.isMissingNode() || end.isNull() || !day(end).isBefore(today));
    }

    private LocalDate day(JsonNode day) {
        return day.isNumber()
                ? LocalDate.ofInstant(Instant.ofEpochMilli(day.asLong()), at.getZone())
                : LocalDate.parse(day.asText());
    }

    private boolean time(JsonNode range) {
        int now = at.toLocalTime().toSecondOfDay();
        int start = second(range.path("StartTime").asText());
        int end = second(range.path("EndTime").asText());
        if (end == 0) {
            return start <= now;
        }
        return start < end ? start <= now && now < end : start <= now || now < end;
    }

    private static int second(String text) {
        String[] parts = (text + ":0:0").split(":", -1);
        return Integer.parseInt(parts[0]) * 3600
                + Integer.parseInt(parts[1]) * 60
                + Integer.parseInt(parts[2]);
    }

    private boolean what() {
        JsonNode access = extension("Access");
        String asked = r.access().name().toLowerCase(Locale.ROOT);
        boolean accessed =
                access.isMissingNode()
                        || access.asText().toLowerCase(Locale.ROOT).equals(asked)
                        || any(access, word -> word.asText().equals(asked));
        boolean agentic = policy.path("PolicyType").asText().startsWith("Agentic");
        return accessed
                && (!agentic
                        || r.aiLikelihoodPercent() >= extension("minAiLikelihoodPercent").asInt(50))
                && none(policy.path("ApplicationCheck"), this::application)
                && none(extension("Paths"), this::application)
                && none(extension("Folders"), each -> paths().isBeneath(each.asText(), unsure()))
                && none(extension("Urls"), each -> ReferenceUrl.covers(each.asText(), r));
    }

    private boolean application(JsonNode entry) {
        String text = entry.asText();
        if (entry.isObject()) {
            return paths().fits(entry.path("Path").asText(), unsure())
                    && digest(entry.path("Sha256").asText());
        }
        if (isCollection(text)) {
            return member(text, this::application);
        }
        return text.startsWith("sha256:")
                ? digest(text.substring(7))
                : text.equals("*") || paths().fits(text, unsure());
    }

    private boolean digest(String sha256) {
        return r.target().sha256().map(sha256::equals).orElse(unsure());
    }

    /** {@code YES}, {@code NO}, or {@code UNKNOWN} where nobody can say. */
    static String signed(JsonNode policy, EvaluationRequest r) {
        List<String> listed = new ArrayList<>();
        policy.path("CertificationCheck").forEach(each -> listed.add(print(each.asText())));
        boolean honoured =
                !policy.path("PolicyType").asText().matches("AgenticAI|AgenticAccess")
                        && !policy.path("PolicyType").asText().equals("AgenticPrivilegeElevation");
        List<String> own = r.target().certificates().stream().map(ReferenceMatch::print).toList();
        if (!honoured
                || listed.isEmpty()
                || listed.contains("*")
                || own.stream().anyMatch(listed::contains)) {
            return "YES";
        }
        boolean otherDigest =
                !own.isEmpty()
                        && listed.stream()
                                .anyMatch(
                                        each ->
                                                own.stream()
                                                        .noneMatch(
                                                                print ->
                                                                        print.length()
                                                                                == each.length()));
        return otherDigest || !r.target().signerUnknown().isEmpty() ? "UNKNOWN" : "NO";
    }

    private static String print(String text) {
        return text.replace(":", "").toLowerCase(Locale.ROOT);
    }

    private List<String> arguments() {
        return r.target().argv().subList(1, r.target().argv().size());
    }

    private boolean command(JsonNode command) {
        List<JsonNode> slots = new ArrayList<>();
        command.path("Args").forEach(slots::add);
        boolean open = slots.removeIf(slot -> slot.has("Rest"));
        return sized(slots.size(), open)
                && paths().fits(command.path("Path").asText(), denies())
                && IntStream.range(0, slots.size()).allMatch(i -> slot(slots.get(i), i));
    }

    private boolean sized(int places, boolean open) {
        int count = arguments().size();
        return open ? count >= places : count == places;
    }

    /** Words between blanks; a quoted one may hold some. */
    private boolean line(String line, boolean prefix, boolean hole) {
        List<String> words = new ArrayList<>();
        java.util.regex.Matcher found =
                java.util.regex.Pattern.compile("\"([^\"]*)\"|(\\S+)").matcher(line);
        while (found.find()) {
            words.add(found.group(1) == null ? found.group(2) : found.group(1));
        }
        boolean rest = words.size() > 1 && words.get(words.size() - 1).equals("*");
        List<String> middle = words.subList(1, words.size() - (rest ? 1 : 0));
        return sized(middle.size(), rest || prefix)
                && paths().fits(words.get(0), hole)
                && arguments().subList(0, middle.size()).equals(middle);
    }

    private boolean slot(JsonNode slot, int place) {
        String argument = arguments().get(place);
        if (slot.isTextual()) {
            return argument.equals(slot.asText());
        }
        if (slot.has("OneOf")) {
            return any(slot.path("OneOf"), each -> each.asText().equals(argument));
        }
        if (slot.has("Regex")) {
            return argument.matches(slot.path("Regex").asText());
        }
        if (slot.has("PathUnder")) {
            String folder = slot.path("PathUnder").asText();
            return paths().isUnder(folder, argument, r.target().argvReal().get(place), denies());
        }
        return slot.has("Any") || isWord(argument);
    }

    private static boolean isWord(String argument) {
        return !argument.matches("|\\.|\\.\\.|-.*")
                && argument.codePoints()
                        .noneMatch(
                                c ->
                                        c == '/'
                                                || Character.isWhitespace(c)
                                                || Character.isSpaceChar(c)
                                                || Character.isISOControl(c));
    }
}
