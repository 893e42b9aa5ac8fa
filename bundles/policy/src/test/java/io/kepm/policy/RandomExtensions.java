package io.kepm.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/** What a random policy says beyond its filters, by its type. */
final class RandomExtensions {

    private final Random random;
    private final Chance chance;
    private final RandomPolicies policies;

    RandomExtensions(Random random, RandomPolicies policies) {
        this.random = random;
        chance = new Chance(random);
        this.policies = policies;
    }

    /** The members of {@code Extension} for a type. */
    String of(String type) {
        List<String> members = new ArrayList<>();
        if (chance.oneIn(7)) {
            members.add("'Folders':[" + chance.texts(2, this::folder) + "]");
        }
        switch (type) {
            case "FileAccess" -> file(members);
            case "HttpAccess", "httpaccess" -> {
                if (!chance.oneIn(5)) {
                    members.add("'Urls':[" + chance.texts(3, this::url) + "]");
                }
            }
            default -> {
                if (type.startsWith("Agentic")) {
                    agentic(members);
                }
                if (!type.equals("AgenticAI") && !type.equals("AgenticAccess")) {
                    elevation(members);
                }
            }
        }
        return String.join(",", members);
    }

    private String folder() {
        return chance.any(
                "/a",
                "/a/c",
                "{home}",
                "{tmp}",
                "{rootdir}",
                "/home/{username}",
                "/a*",
                "{approot}");
    }

    private void file(List<String> members) {
        if (chance.oneIn(2)) {
            members.add("'Paths':[" + chance.texts(3, policies::application) + "]");
        }
        if (chance.oneIn(2)) {
            members.add(
                    "'Access':" + chance.any("'read'", "'WRITE'", "['write']", "['read','write']"));
        }
        if (chance.oneIn(4)) {
            members.add("'DurationMinutes':5");
        }
    }

    private String url() {
        return chance.any(
                "https://h.example/",
                "https://h.example/a",
                "https://h.example/a/b",
                "HTTPS://H.example:443/a",
                "https://*.h.example/a",
                "https://*.example",
                "http://h.example/a",
                "http://h.example:8080",
                "https://h.example/é",
                "https://h.example/%c3%a9",
                "https://h.example/%61",
                "ftp://h.example/",
                "https://[::1]/a");
    }

    private void agentic(List<String> members) {
        if (!chance.oneIn(3)) {
            members.add("'minAiLikelihoodPercent':" + chance.any("0", "51", "100"));
        }
        if (chance.oneIn(3)) {
            members.add("'agenticOverlay':true,'grantDurationOptions':[5,60]");
        }
    }

    private void elevation(List<String> members) {
        if (chance.oneIn(2)) {
            members.add("'Commands':[" + chance.list(4, this::command) + "]");
        }
        if (chance.oneIn(4)) {
            members.add(
                    "'AllowCommands':["
                            + chance.any("'/a/* x *','b y'", "'/a/b \\\"x y\\\" x'", "'* *'")
                            + "]");
        }
        if (chance.oneIn(5)) {
            members.add(
                    "'DenyCommands':["
                            + chance.any(
                                    "'/a/b x'", "'b','{home}/b'", "'/a/b x *'", "'/a/{hostname} x'")
                            + "]");
        }
        String other =
                chance.any(
                        "",
                        "",
                        "'RunAs':['bob','root']",
                        "'RunAs':['bob']",
                        "'AllowUnsafeTarget':true",
                        "'AllowProtected':true",
                        "'AllowUnsafeTarget':true,'AllowProtected':true",
                        "'DurationMinutes':5,'KeepEnv':['LANG']",
                        "'NoExec':true",
                        "'Intercept':true",
                        "'EphemeralAccount':true",
                        "'BindCwd':true");
        if (!other.isEmpty()) {
            members.add(other);
        }
    }

    private String command() {
        StringBuilder json = new StringBuilder("{'Path':'");
        String program = chance.oneIn(2) ? "/a/b" : policies.program();
        json.append(program.replaceFirst("^sha256:.*", "/**")).append('\'');
        if (!chance.oneIn(4)) {
            List<String> slots = new ArrayList<>();
            int count = random.nextInt(3);
            for (int i = 0; i < count; i++) {
                slots.add(slot());
            }
            if (chance.oneIn(3)) {
                slots.add("{'Rest':true}");
            }
            json.append(",'Args':[").append(String.join(",", slots)).append(']');
        }
        return json.append('}').toString();
    }

    private String slot() {
        return chance.any(
                "'x'",
                "'y'",
                "''",
                "{'OneOf':['x','y']}",
                "{'Any':true}",
                "{'Word':true}",
                "{'Regex':'[xy]+'}",
                "{'Regex':'x|xy'}",
                "{'PathUnder':'/a'}",
                "{'PathUnder':'{home}'}",
                "{'PathUnder':'/home/{username}'}");
    }
}
