package io.kepm.policy;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.EvaluationRequest;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever comes in, there is an answer and no exception. */
class HostileInputPropertyTest {

    private static final String WHOLE =
            """
            {"PolicyId":"p","PolicyName":"n","PolicyType":"PrivilegeElevation","PolicyVersion":2,
             "Status":"enforce","Actions":{"OnSuccess":{"Controls":["ALLOW"]},"OnFailure":{"Command":""}},
             "NotificationMessage":"m","RiskLevel":50,"Operator":"And","UserCheck":["alice","%dev","uid:7"],
             "MachineCheck":["ws-17","os:linux"],"ApplicationCheck":["/usr/bin/**","{home}/*","x?"],
             "CertificationCheck":["*"],"DateCheck":[{"StartDate":"2026-01-01","EndDate":1782860400000}],
             "TimeCheck":[{"StartTime":"22:30","EndTime":"6"}],"DayCheck":[1,2],
             "Approval":{"RequiredApprovers":2,"Approvers":["bob","%leads"],"Uses":0},
             "Extension":{"Commands":[{"Path":"/usr/bin/x","Args":["a",{"OneOf":["b"]},{"Regex":"[a-z]{2,3}(x|y)*"},
             {"PathUnder":"{home}/x"},{"Word":true},{"Any":true},{"Rest":true}]}],
             "AllowCommands":["/bin/ls 'a b' \\"c\\" *"],"DenyCommands":["rm -rf"],"RunAs":["root"],
             "KeepEnv":["LANG"],"DurationMinutes":5,"Folders":["/usr"]}}
            """;

    @Property(tries = 3000)
    void a_damaged_policy_is_refused_or_read_but_never_throws(@ForAll long seed) {
        Random random = new Random(seed);
        byte[] bytes = WHOLE.getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(4); i >= 0; i--) {
            int at = random.nextInt(bytes.length);
            bytes[at] =
                    random.nextBoolean()
                            ? (byte) random.nextInt(256)
                            : bytes[random.nextInt(bytes.length)];
        }
        Faults faults = new Faults();
        PolicySet set = PolicyLoader.load(List.of(new PolicyText("p.json", bytes)), faults);
        assertThat(set.policies().isEmpty()).isEqualTo(!faults.isEmpty());
        assertThat(faults.list())
                .allSatisfy(fault -> assertThat(Texts.hasControl(fault.text())).isFalse());
    }

    @Property(tries = 3000)
    void a_request_of_any_texts_gets_an_answer(
            @ForAll("texts") String a,
            @ForAll("texts") String b,
            @ForAll("texts") String c,
            @ForAll("texts") String d) {
        TestSet set =
                TestSet.of(
                        WHOLE.replace('\'', ' '),
                        TestSet.policy("d", "'DENY'", "'ApplicationCheck':['/x/{username}/**']"));
        EvaluationRequest request =
                new EvaluationRequest(
                        a,
                        List.of("CommandLine", "HttpAccess", "FileAccess", b)
                                .get(Math.floorMod(d.hashCode(), 4)),
                        b,
                        new EvaluationRequest.User(
                                a.isEmpty() ? "alice" : a,
                                b.length(),
                                List.of(c),
                                Optional.of(d),
                                c.isEmpty() ? Optional.empty() : Optional.of(d)),
                        new EvaluationRequest.Machine(b, c),
                        new EvaluationRequest.Target(
                                "/" + d,
                                "/" + c,
                                List.of("x", a, b, "--" + c + "=" + d),
                                List.of(Optional.of(d), Optional.empty()),
                                Optional.of(a),
                                List.of(b),
                                List.of(),
                                false),
                        Optional.of(c),
                        EvaluationRequest.Access.READ,
                        "/" + a,
                        b.isEmpty() ? "root" : b,
                        List.of(),
                        Optional.empty(),
                        0,
                        false,
                        Optional.of(d));
        assertThat(set.ask(new Ask(request)).decision().reasons()).isNotEmpty();
    }

    @Provide
    Arbitrary<String> texts() {
        return Arbitraries.oneOf(
                Arbitraries.of(
                        "", "a", "alice", "usr/bin/x", "http://h/%41", "kepm", "{home}", "*"),
                Arbitraries.strings().ofMaxLength(8),
                Arbitraries.strings().withChars("/.{}*?[]%-=\\:@a\u0000\n\ud83d").ofMaxLength(12));
    }
}
