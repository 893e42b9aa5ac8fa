package io.kepm.policy;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;

/** Policies of every shape that policy.md §1 to §6 knows, by chance. */
final class RandomPolicies {

    static final String SIGNER = "cd".repeat(32);
    static final String OTHER = "ef".repeat(32);
    static final String SHA1 = "ab".repeat(20);
    static final String DIGEST = "ab".repeat(32);

    /** The reference's form of an id, which needs no word in front. */
    static final String BARE_ID = "c".repeat(21) + "A";

    static final String COLLECTIONS =
            ("[{'id':'people','type':3,'name':'n','members':['alice','%ops']},"
                            + "{'id':'nested','type':103,'name':'n','members':['collection:people',"
                            + "'uid:7']},{'id':'nobody','type':10,'name':'n','members':[]},"
                            + "{'id':'BARE','type':4,'name':'n','members':['%dev']},"
                            + "{'id':'hosts','type':201,'name':'n','members':['ws-17','db.example.org']},"
                            + "{'id':'builds','type':1,'name':'n','members':['os:linux']},"
                            + "{'id':'tools','type':102,'name':'n','members':['/a/b','sha256:DIGEST',"
                            + "{'Path':'/a/*','Sha256':'DIGEST'}]},"
                            + "{'id':'wide','type':105,'name':'n','members':['collection:tools','b*']},"
                            + "{'id':'nothing','type':2,'name':'n','members':[]}]")
                    .replace("BARE", BARE_ID)
                    .replace("DIGEST", DIGEST);

    /** Texts such that a policy that holds one has that shape. */
    static final List<String> SHAPES =
            List.of(
                    "'*'",
                    "'%",
                    "'group:",
                    "'uid:",
                    "'user:",
                    "corp\\",
                    "@corp",
                    BARE_ID,
                    "collection:nested",
                    "collection:people",
                    "collection:hosts",
                    "collection:builds",
                    "collection:tools",
                    "collection:wide",
                    "os:",
                    "WS-17",
                    "EXAMPLE.org.",
                    "/**/",
                    "/**'",
                    "?",
                    "{home}",
                    "{userprofile}",
                    "{documents}",
                    "{userdocuments}",
                    "{desktop}",
                    "{userdesktop}",
                    "{downloads}",
                    "{rootdir}",
                    "{approot}",
                    "{pluginroot}",
                    "{tmp}",
                    "{username}",
                    "{hostname}",
                    "{hasdesktop}",
                    "sha256:",
                    "CertificationCheck",
                    "StartDate",
                    "EndDate",
                    "1767571200000",
                    "TimeCheck",
                    "DayCheck",
                    "'Rules'",
                    "Folders",
                    "'Commands'",
                    "OneOf",
                    "Regex",
                    "PathUnder",
                    "Word",
                    "Any",
                    "Rest",
                    "AllowCommands",
                    "DenyCommands",
                    "RunAs",
                    "AllowUnsafeTarget",
                    "AllowProtected",
                    "Paths",
                    "'Access'",
                    "Urls",
                    "https://*.",
                    "minAiLikelihoodPercent",
                    "agenticOverlay",
                    "OPERATORAPPROVAL",
                    "allow\\n",
                    "monitor_and_notify",
                    "enabled");

    private final Random random;
    private final Chance chance;

    RandomPolicies(Random random) {
        this.random = random;
        chance = new Chance(random);
    }

    /** Requests for elevation come up most. */
    String family() {
        return chance.any("elevation", "elevation", "elevation", "file", "http", "agentic");
    }

    List<String> some(String family) {
        List<String> policies = new ArrayList<>();
        int count = random.nextInt(8);
        for (int i = 0; i < count; i++) {
            policies.add(policy("p" + i, family, status(), controls()));
        }
        return policies;
    }

    /** One in force that denies, or asks for something. */
    String tightening(String family) {
        return policy(
                "zz",
                family,
                "enforce",
                chance.any("'DENY'", "'MFA'", "'APPROVAL'", "'ALLOW','JUSTIFY'"));
    }

    private String status() {
        return chance.any(
                "enforce",
                "enforce",
                "enforce",
                "enabled",
                "monitor",
                "monitor_and_notify",
                "off",
                "disabled");
    }

    private String controls() {
        return chance.any(
                "'ALLOW'",
                "'ALLOW'",
                "'ALLOW'",
                "'DENY'",
                "'MFA'",
                "'APPROVAL'",
                "'OPERATORAPPROVAL'",
                "'NOTIFY'",
                "'AUDIT'",
                "'ALLOW','JUSTIFY'",
                "'ALLOW','RECORD'",
                "'allow\\n\\nnotify'",
                "'allow\\nmfa'",
                "'ALLOW','DENY'");
    }

    private String policy(String id, String family, String status, String controls) {
        String type = type(family);
        boolean free = List.of("'DENY'", "'MFA'", "'APPROVAL'").contains(controls);
        StringBuilder json = new StringBuilder();
        json.append("{'PolicyId':'").append(id).append("','PolicyName':'n','PolicyType':'");
        json.append(type).append("','Status':'").append(status);
        json.append("','Actions':{'OnSuccess':{'Controls':");
        boolean lines = controls.contains("\\n");
        json.append(lines ? controls : "[" + controls + "]").append("}}");
        // What only takes or asks may leave out whom it is about, and what.
        if (!free || !chance.oneIn(4)) {
            json.append(",'UserCheck':[");
            json.append(chance.oneIn(2) ? "'*'" : chance.texts(3, this::user)).append(']');
        }
        if (!free || !chance.oneIn(4)) {
            boolean anything = family.equals("http") && !chance.oneIn(3);
            json.append(",'ApplicationCheck':[");
            json.append(anything ? "'*'" : chance.texts(3, this::application)).append(']');
        }
        if (chance.oneIn(6)) {
            json.append(",'MachineCheck':[").append(chance.texts(2, this::machine)).append(']');
        }
        json.append(limits()).append(rules());
        String extension = new RandomExtensions(random, this).of(type);
        if (!extension.isEmpty()) {
            json.append(",'Extension':{").append(extension).append('}');
        }
        return json.append('}').toString();
    }

    private String type(String family) {
        return switch (family) {
            case "file" -> chance.any("FileAccess", "FileAccess", "FileAccess", "CommandLine");
            case "http" -> chance.any("HttpAccess", "HttpAccess", "httpaccess", "FileAccess");
            case "agentic" -> chance.any("AgenticAI", "AgenticAI", "AgenticAccess", "HttpAccess");
            default ->
                    chance.any(
                            "CommandLine",
                            "CommandLine",
                            "PrivilegeElevation",
                            "AgenticPrivilegeElevation",
                            "FileAccess");
        };
    }

    private String user() {
        return chance.any(
                "*",
                "*",
                "alice",
                "bob",
                "al*",
                "%dev",
                "%ops",
                "group:ops",
                "uid:1001",
                "user:alice",
                "corp\\\\alice",
                "CORP\\\\alice",
                "alice@corp",
                "alice@CORP",
                "carol",
                "collection:people",
                "collection:nested",
                "collection:nobody",
                BARE_ID);
    }

    private String machine() {
        return chance.any(
                "*",
                "ws-17",
                "WS-17",
                "ws-1",
                "ws-17.example.org",
                "ws-17.EXAMPLE.org.",
                "example.org",
                "os:linux",
                "OS:Linux",
                "os:windows",
                "collection:hosts",
                "collection:builds");
    }

    String application() {
        return chance.oneIn(6) ? "collection:" + chance.any("tools", "wide", "nothing") : program();
    }

    String program() {
        if (chance.oneIn(2)) {
            return chance.any("/**", "/a/b", "*b", "b*", "/a/**");
        }
        return chance.any(
                "/a/b",
                "/a/*",
                "/**/b",
                "/a/**/b",
                "/?/b",
                "b",
                "?",
                "/a/b*",
                "/a*/b",
                "/a/é",
                "{home}",
                "{home}/b",
                "{home}/**",
                "{userprofile}/*",
                "{documents}/b",
                "{userdocuments}/*",
                "{desktop}/b",
                "{userdesktop}/?",
                "{downloads}/b",
                "{rootdir}/a/b",
                "{rootdir}a/b",
                "{approot}/x",
                "{pluginroot}/x",
                "{tmp}/*",
                "/home/{username}/b",
                "/a/{home}",
                "/a/{hostname}",
                "/a/x{hostname}*",
                "/a/{hasdesktop}",
                "{username}",
                "{username}/b",
                "{hasdesktop}",
                "sha256:" + DIGEST,
                "/home/alice/b",
                "/**/{username}/**");
    }

    /** Of when, and by whom it is signed. */
    private String limits() {
        StringBuilder json = new StringBuilder();
        if (chance.oneIn(9)) {
            json.append(",'DayCheck':[")
                    .append(chance.any("1", "0,6", "5", "2,3", "0,1,2,3,4,5,6"));
            json.append(']');
        }
        if (chance.oneIn(9)) {
            json.append(",'TimeCheck':[").append(chance.list(2, this::time)).append(']');
        }
        if (chance.oneIn(9)) {
            json.append(",'DateCheck':[").append(chance.list(2, this::date)).append(']');
        }
        if (chance.oneIn(6)) {
            json.append(",'CertificationCheck':[")
                    .append(chance.texts(2, this::thumbprint))
                    .append(']');
        }
        return json.toString();
    }

    private String time() {
        String[] ends =
                chance.any(
                                "22 6",
                                "8 18",
                                "0 12",
                                "12 0",
                                "02:30 03:00",
                                "00:00 00:00:01",
                                "23:59:59 0",
                                "13:00 12:59:59",
                                "22 13",
                                "1 2",
                                "2 3")
                        .split(" ", -1);
        return "{'StartTime':'" + ends[0] + "','EndTime':'" + ends[1] + "'}";
    }

    private String date() {
        return chance.any(
                "{'StartDate':'2026-01-05'}",
                "{'EndDate':'2026-01-05'}",
                "{'StartDate':'2026-03-29','EndDate':'2026-03-29'}",
                "{'StartDate':'2026-01-05','EndDate':'2026-10-25'}",
                "{'StartDate':1767571200000}",
                "{'EndDate':1767571200000}",
                "{'StartDate':1767571200000,'EndDate':1767571200000}",
                "{'StartDate':null,'EndDate':'2026-01-04'}");
    }

    private String thumbprint() {
        return chance.any(SIGNER, SIGNER, OTHER, SHA1, "*", "CD:" + SIGNER.substring(2));
    }

    /** With arrays that are there they change nothing. */
    private String rules() {
        if (!chance.oneIn(6)) {
            return "";
        }
        return ",'Rules':["
                + List.of(
                                "CheckUser()",
                                "checkmachine( )",
                                chance.any("CheckFile(false)", "CheckFile( TRUE )"),
                                "CheckCertificate()",
                                "CheckDate()",
                                "CheckTime()",
                                "CheckDay()")
                        .stream()
                        .map(
                                expression ->
                                        "{'RuleName':'UserCheck','ErrorMessage':'',"
                                                + "'RuleExpressionType':'BuiltInAction',"
                                                + "'Expression':'"
                                                + expression
                                                + "'}")
                        .collect(Collectors.joining(","))
                + "]";
    }
}
