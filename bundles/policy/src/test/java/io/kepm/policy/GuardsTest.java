package io.kepm.policy;

import static io.kepm.policy.TestSet.allow;
import static io.kepm.policy.TestSet.policy;
import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.policy.Reason;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class GuardsTest {

    private static final String ANY = "'ApplicationCheck':['*']";
    private static final TestSet OPEN = TestSet.of(allow("a", ANY));
    private static final Ask ID = Ask.command("/usr/bin/id");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "#0",
                "%sudo",
                "+x",
                "-x",
                "ALL",
                "0",
                "4294967295",
                "a/b",
                "../x",
                "a:b",
                "a b",
                "a\u00a0b",
                "a\u2003b",
                "a\tb",
                "a\nb",
                "a\u0000b",
                "a\u0085b",
                "\ud800"
            })
    void ab_36_a_hostile_user_name_is_no_request(String name) {
        assertThat(OPEN.why(ID.by(name))).isEqualTo("DENY guard:malformed");
        assertThat(OPEN.why(ID.runAs(name))).isEqualTo("DENY guard:malformed");
    }

    @Test
    void ab_36_a_user_name_has_at_most_256_characters_of_any_script() {
        assertThat(OPEN.outcome(ID.by("😀".repeat(256)))).isEqualTo("ALLOW");
        assertThat(OPEN.why(ID.by("a".repeat(257)))).isEqualTo("DENY guard:malformed");
        for (String fine :
                List.of("Alice", "jörg", "a.b", "a@corp", "_x", "all", "1a", "李", "a-+%#")) {
            assertThat(OPEN.outcome(ID.by(fine))).as(fine).isEqualTo("ALLOW");
        }
    }

    @Test
    void ab_01_no_identity_that_is_no_user_gets_through() {
        assertThat(OPEN.why(ID.runAs("#-1"))).isEqualTo("DENY guard:malformed");
        assertThat(OPEN.why(ID.uid(4_294_967_295L))).isEqualTo("DENY guard:malformed");
        assertThat(OPEN.why(ID.uid(-1))).isEqualTo("DENY guard:malformed");
    }

    @Test
    void malformed_comes_before_every_policy_and_leaves_no_trace_of_watching_ones() {
        TestSet set = TestSet.of(policy("m", "'DENY'", "").replace("enforce", "monitor"));
        assertThat(set.ask(ID.cwd("relative")).wouldHave()).isEmpty();
        assertThat(set.why(ID.real("/usr/bin/../bin/id"))).isEqualTo("DENY guard:malformed");
        assertThat(set.why(ID.argv(List.of()))).isEqualTo("DENY guard:malformed");
        assertThat(set.why(ID.argv(List.of("")))).isEqualTo("DENY guard:malformed");
        assertThat(set.why(ID.argv(List.of("id", "a\u0000")))).isEqualTo("DENY guard:malformed");
        assertThat(set.why(ID.type("LeastPrivilege"))).isEqualTo("DENY guard:malformed");
        assertThat(set.why(ID.type("Nonsense"))).isEqualTo("DENY guard:malformed");
        assertThat(set.why(ID.runAs("root", "disk"))).isEqualTo("DENY guard:malformed");
    }

    @Test
    void ab_11_control_bytes_in_an_argument_are_one_literal() {
        TestSet set = TestSet.of(allow("a", TestSet.commands("/bin/echo", "'a\\nb; $(x)'")));
        assertThat(set.outcome(Ask.command("/bin/echo", "a\nb; $(x)"))).isEqualTo("ALLOW");
        assertThat(set.outcome(Ask.command("/bin/echo", "a"))).isEqualTo("DENY");
    }

    @Test
    void ab_25_a_path_that_leads_up_again_is_no_request_for_a_file() {
        TestSet set =
                TestSet.of(
                        TestSet.allow("p", "'ApplicationCheck':['/data/**']")
                                .replace("CommandLine", "FileAccess"));
        assertThat(set.outcome(Ask.command("/data/x").type("FileAccess"))).isEqualTo("ALLOW");
        for (String path :
                List.of("/data/../etc/shadow", "/data/./x", "/data//x", "/data/x/", "data/x")) {
            assertThat(set.why(Ask.command(path).type("FileAccess")))
                    .as(path)
                    .isEqualTo("DENY guard:malformed");
            assertThat(set.why(Ask.command("/data/x").real(path).type("FileAccess")))
                    .isEqualTo("DENY guard:malformed");
        }
    }

    @Test
    void an_unsafe_target_is_denied_unless_every_policy_that_gives_says_otherwise() {
        Ask unsafe = ID.unsafe("writable by others");
        String key = ANY + ",'Extension':{'AllowUnsafeTarget':true}";
        assertThat(TestSet.of().why(unsafe)).isEqualTo("DENY guard:unsafe-target");
        assertThat(OPEN.why(unsafe)).isEqualTo("DENY guard:unsafe-target");
        assertThat(TestSet.of(allow("a", key)).why(unsafe)).isEqualTo("ALLOW");
        assertThat(TestSet.of(allow("a", key), allow("b", ANY)).why(unsafe))
                .isEqualTo("DENY guard:unsafe-target");
        assertThat(TestSet.of(allow("a", key), policy("b", "'MFA'", "")).why(unsafe))
                .isEqualTo("DENY guard:unsafe-target");
        assertThat(TestSet.of(policy("a", "'MFA'", key)).why(unsafe)).isEqualTo("PENDING");
        assertThat(TestSet.of(allow("a", ANY), policy("d", "'DENY'", "")).why(unsafe))
                .isEqualTo("DENY");
    }

    @Test
    void a_guard_hides_no_control_of_a_policy() {
        Ask unsafe = ID.unsafe("writable by others");
        assertThat(TestSet.of(allow("a", ANY), policy("b", "'MFA'", "")).decide(unsafe).reasons())
                .extracting(Reason::code)
                .containsExactly("guard:unsafe-target", Reason.BESIDE);
        assertThat(OPEN.decide(unsafe).reasons()).hasSize(1);
    }

    @Test
    void ab_14_a_setuid_target_for_another_user_than_root_must_be_named() {
        Ask setuid = ID.setuid().runAs("postgres");
        String run = ANY + ",'Extension':{'RunAs':['postgres','root']";
        assertThat(TestSet.of(allow("a", run + "}")).why(setuid))
                .isEqualTo("DENY guard:setuid-target");
        assertThat(TestSet.of(allow("a", run + ",'AllowUnsafeTarget':true}")).why(setuid))
                .isEqualTo("ALLOW");
        assertThat(OPEN.why(ID.setuid())).isEqualTo("ALLOW");
    }

    @Test
    void of_two_guards_the_first_is_named() {
        Ask both = Ask.command("/usr/sbin/visudo").unsafe("x").setuid().runAs("bob");
        assertThat(TestSet.of().why(both)).isEqualTo("DENY guard:unsafe-target");
        String key = ANY + ",'Extension':{'RunAs':['bob'],'AllowUnsafeTarget':true}";
        assertThat(TestSet.of(allow("a", key)).why(both)).isEqualTo("DENY guard:protected");
    }

    @Test
    void guards_of_the_target_do_not_concern_other_types_than_elevation() {
        TestSet set = TestSet.of(allow("a", ANY).replace("CommandLine", "FileAccess"));
        assertThat(set.why(Ask.command("/etc/sudoers").unsafe("x").type("FileAccess")))
                .isEqualTo("ALLOW");
    }

    @Test
    void a_watching_policy_counts_with_the_guards() {
        TestSet set = TestSet.of(allow("m", ANY).replace("enforce", "monitor"));
        assertThat(set.ask(ID.unsafe("x")).wouldHave())
                .extracting(w -> w.outcome())
                .containsExactly("DENY");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/bin/cat /etc/sudoers",
                "/usr/bin/cat ../../etc/sudoers",
                "/usr/bin/cat /etc//sudoers.d/x",
                "/usr/bin/rm -rf /",
                "/usr/bin/rm -rf /etc",
                "/usr/bin/rm -rf /opt/",
                "/usr/bin/dd of=/etc/sudo.conf",
                "/usr/bin/tee --output=/etc/pam.d/sudo",
                "/opt/keeper/bin/kepm status",
                "/usr/sbin/visudo",
                "/usr/bin/sudoedit /etc/kepm/plugin.conf",
                "/usr/bin/systemctl stop kepm",
                "/usr/bin/systemctl stop KeeperPrivilegeManager",
                "/usr/bin/systemctl -q mask KeeperPrivilegeManager.service",
                "/usr/bin/systemctl stop nginx kepm-canary.timer",
                "/usr/bin/systemctl stop k*",
                "/usr/bin/systemctl stop ?epm.service",
                "/usr/bin/systemctl stop [k]epm",
                "/usr/bin/systemctl stop *",
                "/usr/bin/systemctl --type service stop kepm",
                "/usr/bin/systemctl --unheard-of status stop kepm",
                "/usr/bin/systemctl isolate rescue.target",
                "/usr/bin/systemctl disable /usr/lib/systemd/system/kepm.service",
                "/usr/sbin/service kepm stop",
                "/usr/bin/dpkg -r kepm",
                "/usr/bin/dpkg -P kepm:amd64",
                "/usr/bin/dpkg --purge --pending",
                "/usr/bin/apt -y remove kepm",
                "/usr/bin/apt-get install nginx kepm-",
                "/usr/bin/apt-get -o a=b purge kepm=1",
                "/usr/bin/apt remove ^ke.m$",
                "/usr/bin/apt remove k*m",
                "/usr/bin/rpm -evh kepm",
                "/usr/bin/dnf -y remove kepm-0.1.0-1.x86_64",
                "/usr/bin/zypper in !kepm",
                "/usr/bin/zypper rm kepm",
                "/usr/bin/pkill -f anything",
                "/usr/bin/pkill -u root",
                "/usr/bin/pkill Keeper",
                "/usr/bin/pkill ke.m",
                "/usr/bin/pkill [k]epm",
                "/usr/bin/killall -r x",
                "/usr/bin/killall kepm-run",
                "/usr/bin/killall -9 KeeperPrivilegeManager",
                "/usr/bin/kill -9 4242",
                "/usr/bin/kill -TERM -- -4242",
                "/usr/bin/kill -9 -1",
                "/usr/bin/kill -s 9 -1",
                "/usr/bin/kill -s KILL -1",
                "/usr/bin/kill -s9 -1",
                "/usr/bin/kill -n 9 -1",
                "/usr/bin/kill -q 9 -1",
                "/usr/bin/kill --signal 9 -1",
                "/usr/bin/kill --signal=KILL -4242",
                "/usr/bin/kill -1 -s KILL",
                "/usr/bin/kill -s KILL -- -01",
                "/usr/bin/kill -9 +4242",
                "/usr/bin/kill 0004242",
                "/usr/bin/kill 4242:77",
                "/usr/bin/kill 4294971538",
                "/usr/bin/kill 4294967295",
                "/usr/bin/kill 99999999999999999999",
                "/usr/bin/apt install kepm:amd64-",
                "/usr/bin/apt-get install kepm*-",
                "/usr/bin/apt-get install kep?-",
                "/usr/bin/apt-get install nginx kepm=0.1.0-",
                "/usr/bin/aptitude install kepm:amd64_",
                "/usr/bin/zypper in !kep?",
            })
    void ab_112_what_reaches_the_agent_is_protected(String line) {
        assertThat(OPEN.why(ask(line))).isEqualTo("DENY guard:protected");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/usr/bin/cat /etc/hosts",
                "/usr/bin/cat /etc/sudoersx",
                "/usr/bin/cat sudoers",
                "/usr/bin/systemctl status kepm",
                "/usr/bin/systemctl --no-pager -n 5 show KeeperPrivilegeManager",
                "/usr/bin/systemctl restart nginx",
                "/usr/bin/systemctl restart nginx*",
                "/usr/bin/systemctl daemon-reload",
                "/usr/sbin/service kepm status",
                "/usr/sbin/service nginx stop",
                "/usr/bin/dpkg -l kepm",
                "/usr/bin/dpkg -i x.deb",
                "/usr/bin/apt install kepm",
                "/usr/bin/apt -y remove nginx",
                "/usr/bin/apt --unheard-of install nginx",
                "/usr/bin/rpm -q kepm",
                "/usr/bin/pkill -9 nginx",
                "/usr/bin/killall -q nginx",
                "/usr/bin/kill -9 1234",
                "/usr/bin/kill -s TERM -1234",
                "/usr/bin/kill -s 9 1234 +77",
                "/usr/bin/kill -1 1234",
                "/usr/bin/apt install nginx- vim:amd64-",
                "/usr/bin/apt-get install ngin*-",
                "/usr/bin/apt-get install kepm kepm:amd64",
            })
    void what_does_not_reach_the_agent_is_not(String line) {
        assertThat(OPEN.why(ask(line))).isEqualTo("ALLOW");
    }

    @Test
    void a_protected_target_is_known_by_its_real_path_and_by_what_arguments_resolve_to() {
        assertThat(OPEN.why(Ask.command("/usr/bin/ed", "x").real("/opt/keeper/bin/x")))
                .isEqualTo("DENY guard:protected");
        assertThat(OPEN.why(Ask.command("/usr/local/bin/v").real("/usr/sbin/visudo")))
                .isEqualTo("DENY guard:protected");
        Ask link = Ask.command("/usr/bin/cat", "/srv/link");
        assertThat(OPEN.why(link.argvReal(List.of(Optional.of("/etc/sudoers")))))
                .isEqualTo("DENY guard:protected");
        assertThat(OPEN.why(Ask.command("/usr/bin/cat", "sudoers").cwd("/etc")))
                .isEqualTo("DENY guard:protected");
    }

    @Test
    void a_policy_may_carry_the_key_to_what_is_protected() {
        TestSet set = TestSet.of(allow("a", ANY + ",'Extension':{'AllowProtected':true}"));
        assertThat(set.why(ask("/usr/bin/systemctl restart kepm"))).isEqualTo("ALLOW");
    }

    private static Ask ask(String line) {
        String[] words = line.split(" ", -1);
        return Ask.command(words[0], java.util.Arrays.copyOfRange(words, 1, words.length));
    }
}
