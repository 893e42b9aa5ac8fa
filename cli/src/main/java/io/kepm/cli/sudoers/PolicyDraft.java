package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One policy in the making: who and how; what is put in at the end. It only watches. */
record PolicyDraft(
        String id,
        String name,
        List<String> users,
        List<String> hosts,
        List<String> runAs,
        Tags tags,
        boolean noExec) {

    /** No longer, for lists; the loader takes up to 1024 characters. */
    private static final int LONGEST_NAME = 200;

    /**
     * The policy.
     *
     * @param controls whether it gives anything, or only takes away
     * @param applications empty for none
     * @param what {@code Commands} or {@code DenyCommands}, or both
     */
    Json json(String suffix, boolean controls, List<String> applications, Map<String, Json> what) {
        Map<String, Json> policy = new LinkedHashMap<>();
        policy.put("PolicyId", Json.of(id + suffix));
        policy.put("PolicyName", Json.of(shortened(name)));
        policy.put("PolicyType", Json.of("CommandLine"));
        policy.put("Status", Json.of("monitor"));
        policy.put(
                "Actions", member("OnSuccess", member("Controls", Json.texts(controls(controls)))));
        policy.put("UserCheck", Json.texts(users));
        policy.put("MachineCheck", Json.texts(hosts));
        if (!applications.isEmpty()) {
            policy.put("ApplicationCheck", Json.texts(applications));
        }
        dates(policy);
        Map<String, Json> extension = new LinkedHashMap<>(what);
        if (!runAs.equals(List.of("root"))) {
            extension.put("RunAs", Json.texts(runAs));
        }
        if (noExec || tags.noExec()) {
            extension.put("NoExec", Json.of(true));
        }
        if (tags.intercept()) {
            extension.put("Intercept", Json.of(true));
        }
        if (!extension.isEmpty()) {
            policy.put("Extension", Json.object(extension));
        }
        return Json.object(policy);
    }

    private List<String> controls(boolean gives) {
        List<String> controls = new ArrayList<>();
        if (gives) {
            controls.add("ALLOW");
        }
        if (gives && tags.recorded()) {
            controls.add("RECORD");
        }
        return controls;
    }

    private void dates(Map<String, Json> policy) {
        Map<String, Json> range = new LinkedHashMap<>();
        tags.from().ifPresent(day -> range.put("StartDate", Json.of(day.toString())));
        tags.to().ifPresent(day -> range.put("EndDate", Json.of(day.toString())));
        if (!range.isEmpty()) {
            policy.put("DateCheck", Json.list(List.of(Json.object(range))));
        }
    }

    private static Json member(String name, Json value) {
        return Json.object(Map.of(name, value));
    }

    private static String shortened(String text) {
        return text.codePointCount(0, text.length()) <= LONGEST_NAME
                ? text
                : text.substring(0, text.offsetByCodePoints(0, LONGEST_NAME)) + "…";
    }
}
