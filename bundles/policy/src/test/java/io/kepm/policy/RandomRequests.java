package io.kepm.policy;

import io.kepm.api.policy.EvaluationRequest;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Well-formed requests of every family, and some addresses that are none; by chance. */
final class RandomRequests {

    private static final String[] PATHS = {
        "/a/b",
        "/a/b",
        "/a/b",
        "/a",
        "/a/c/b",
        "/b",
        "/a/bb",
        "/a/é",
        "/a/e\u0301",
        "/home/alice",
        "/home/alice/b",
        "/home/alice/Documents/b",
        "/home/alice/Desktop/b",
        "/home/alice/Downloads/b",
        "/tmp/b",
        "/x",
        "/app/x",
        "/app/Plugins/x",
        "/a/alice",
        "/a/true",
        "/a/ws-17",
        "/a/ws-17.example.org",
        "/a/xws-17y",
        "/etc/sudoers"
    };

    private static final String[] URLS = {
        "https://h.example/a/b",
        "HTTPS://H.example:443/a/./b?q#f",
        "https://h.example./a/../a/c",
        "https://h.example/%61/b",
        "https://h.example/%2e%2e/a",
        "https://h.example/a%2Fb",
        "https://sub.h.example/a",
        "https://a.b.h.example/a/b",
        "https://xh.example/a",
        "http://h.example/a",
        "http://h.example:8080/a/b",
        "https://h.example",
        "https://h.example/ab",
        "https://h.example//a",
        "https://h.example/é",
        "https://h.example/e\u0301",
        "https://h.example/%C3%A9/x",
        "ftp://h.example/a",
        "https://[::1]/a",
        "https://user@h.example/a",
        "foo://h.example/a",
        "https://h.example/%zz",
        "https://h.example/a b",
        "/a"
    };

    private static final String[] MOMENTS = {
        "2026-01-05T11:00:00Z",
        "2026-01-05T11:00:00Z",
        "2026-01-04T22:59:59Z",
        "2026-01-04T23:00:00Z",
        "2026-01-05T23:30:00.999Z",
        "2026-01-09T21:00:00Z",
        "2026-01-10T02:00:00Z",
        "2026-03-29T00:59:59Z",
        "2026-03-29T01:00:00Z",
        "2026-10-25T00:30:00Z",
        "2026-10-25T01:30:00Z",
        "2026-07-01T22:00:00Z"
    };

    private static final String[] ZONES = {
        "Europe/Berlin",
        "Europe/Berlin",
        "UTC",
        "America/New_York",
        "Asia/Kolkata",
        "Pacific/Auckland"
    };

    private final Random random;
    private final Chance chance;

    RandomRequests(Random random) {
        this.random = random;
        chance = new Chance(random);
    }

    ZonedDateTime moment() {
        return ZonedDateTime.ofInstant(
                Instant.parse(chance.any(MOMENTS)), ZoneId.of(chance.any(ZONES)));
    }

    EngineSettings settings() {
        return new EngineSettings(
                !chance.oneIn(4),
                !chance.oneIn(6),
                Set.of("ops"),
                chance.any("/opt/keeper/sbin", "/app"));
    }

    Ask ask(String family) {
        List<String> argv = new ArrayList<>(List.of("tool"));
        List<Optional<String>> reals = new ArrayList<>();
        int count = Integer.parseInt(chance.any("0", "1", "1", "2", "2", "3"));
        for (int i = 0; i < count; i++) {
            String argument = argument();
            argv.add(argument);
            reals.add(
                    chance.oneIn(3)
                            ? Optional.empty()
                            : Optional.of(chance.oneIn(4) ? chance.any("/a/x", "/b/x") : argument));
        }
        return new Ask(
                new EvaluationRequest(
                        "r1",
                        type(family),
                        "s1",
                        user(),
                        new EvaluationRequest.Machine(
                                chance.any(
                                        "ws-17.example.org",
                                        "WS-17.example.org.",
                                        "ws-17",
                                        "db.example.org",
                                        ""),
                                chance.any("linux", "linux", "Linux", "other")),
                        target(argv, reals),
                        family.equals("http") ? Optional.of(chance.any(URLS)) : Optional.empty(),
                        chance.oneIn(3)
                                ? EvaluationRequest.Access.WRITE
                                : EvaluationRequest.Access.READ,
                        "/home/alice",
                        chance.any("root", "root", "root", "root", "bob"),
                        List.of(),
                        Optional.empty(),
                        Integer.parseInt(chance.any("0", "49", "50", "51", "100")),
                        random.nextBoolean(),
                        Optional.empty()));
    }

    private String argument() {
        return chance.any(
                "x",
                "x",
                "y",
                "z",
                "",
                "-x",
                "a b",
                "x y",
                ".",
                "..",
                "/a/x",
                "/a/../b",
                "/a",
                "/home/alice/x",
                "xy",
                "w\u00a0w");
    }

    private String type(String family) {
        return switch (family) {
            case "file" -> "FileAccess";
            case "http" -> "HttpAccess";
            case "agentic" -> chance.any("AgenticAI", "AgenticAccess");
            default ->
                    chance.any(
                            "CommandLine",
                            "CommandLine",
                            "PrivilegeElevation",
                            "AgenticPrivilegeElevation");
        };
    }

    private EvaluationRequest.User user() {
        return new EvaluationRequest.User(
                chance.any(
                        "alice",
                        "alice",
                        "bob",
                        "al*",
                        "alice@corp",
                        "corp\\alice",
                        "Alice@CORP",
                        "alice@CORP",
                        "CORP\\alice",
                        "..",
                        "dave"),
                Long.parseLong(chance.any("1001", "7", "0", "1002")),
                List.of(chance.any("dev", "ops", "none")),
                chance.oneIn(4)
                        ? Optional.empty()
                        : Optional.of(
                                chance.any(
                                        "/home/alice",
                                        "/home/alice",
                                        "/home/alice",
                                        "/home/alice/",
                                        "/",
                                        "//",
                                        "/a",
                                        "/a/*",
                                        "/a/../b",
                                        "b",
                                        "")),
                chance.oneIn(4) ? Optional.of(chance.any("corp", "CORP", "")) : Optional.empty());
    }

    private EvaluationRequest.Target target(List<String> argv, List<Optional<String>> reals) {
        String path = chance.oneIn(2) ? "/a/b" : chance.any(PATHS);
        boolean unknown = chance.oneIn(6);
        return new EvaluationRequest.Target(
                path,
                chance.oneIn(3) ? chance.any(PATHS) : path,
                argv,
                reals,
                chance.oneIn(3)
                        ? Optional.of(chance.any(RandomPolicies.DIGEST, "12".repeat(32)))
                        : Optional.empty(),
                unknown || chance.oneIn(2)
                        ? List.of()
                        : List.of(
                                chance.any(
                                        RandomPolicies.SIGNER,
                                        RandomPolicies.SIGNER.toUpperCase(java.util.Locale.ROOT),
                                        RandomPolicies.OTHER,
                                        RandomPolicies.SHA1)),
                unknown ? "it is large" : "",
                chance.oneIn(9) ? List.of("writable by others") : List.of(),
                chance.oneIn(12));
    }
}
