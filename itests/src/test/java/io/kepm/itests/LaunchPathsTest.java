package io.kepm.itests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * Every way on which anything of the agent can start a program, by its compiled classes. A new one
 * fails here until it is written down, with the reason why it skips no restriction.
 */
class LaunchPathsTest {

    private static final String API = "io/kepm/api/";
    private static final Predicate<String> ANY = name -> true;

    private static Callers callers;

    @BeforeAll
    static void read() throws IOException {
        List<Path> folders = new ArrayList<>();
        for (String parent : List.of("../bundles", "../signing")) {
            try (Stream<Path> modules = Files.list(Path.of(parent))) {
                modules.filter(module -> Files.exists(module.resolve("pom.xml")))
                        .filter(module -> Files.exists(module.resolve("src/main/java")))
                        .map(module -> module.resolve("target/classes"))
                        .forEach(folders::add);
            }
        }
        assertThat(folders).as("all modules are built before this one").hasSizeGreaterThan(14);
        callers = Callers.of(folders);
        assertThat(callers.size()).isGreaterThan(1000);
    }

    private static void onlyThese(
            String owner, Predicate<String> name, Map<String, String> reasons) {
        assertThat(callers.whoCalls(owner, name))
                .as("who calls " + owner)
                .isEqualTo(new TreeSet<>(reasons.keySet()));
    }

    private static Predicate<String> named(String... names) {
        return Set.of(names)::contains;
    }

    @Test
    void ab_17_two_classes_start_processes_and_none_does_so_past_the_jdk() {
        Map<String, String> starters =
                Map.of(
                        "io.kepm.linux.Launching", "the launcher: see who calls it",
                        "io.kepm.linux.HelperProcess", "programs of the system: see who calls it");
        onlyThese("java/lang/ProcessBuilder", ANY, starters);
        onlyThese("java/lang/Runtime", named("exec"), Map.of());
        Map<String, String> natives =
                Map.of(
                        "io.kepm.linux.Libc", "the C library: what of it is called is below",
                        "io.kepm.linux.LibSystemd", "the bus of systemd: see who calls UnitCall");
        onlyThese("com/sun/jna/Native", named("register", "load", "loadLibrary"), natives);
        onlyThese("com/sun/jna/NativeLibrary", ANY, Map.of());
        onlyThese("com/sun/jna/Function", ANY, Map.of());
        onlyThese("java/lang/System", named("load", "loadLibrary"), Map.of());
        assertThat(callers.callsOf("io/kepm/linux/Libc", ANY))
                .extracting(Callers.Call::name)
                .isNotEmpty()
                .noneMatch(name -> name.matches("exec.*|posix_spawn.*|v?fork|clone|system|popen"));
        onlyThese(
                "io/kepm/linux/Libc",
                named("syscall"),
                Map.of(
                        "io.kepm.linux.Lookup", "openat2",
                        "io.kepm.linux.Peers", "pidfd_open, where the kernel gives none of a peer",
                        "io.kepm.linux.Pidfd", "pidfd_open, pidfd_send_signal"));
    }

    @Test
    void ab_17_the_launcher_is_asked_by_the_registry_of_launches_and_for_notices_alone() {
        onlyThese(
                API + "linux/Launcher",
                named("launch"),
                Map.of(
                        "io.kepm.api.linux.Launcher", "its own short form",
                        "io.kepm.linux.LauncherComponent", "hands it on",
                        "io.kepm.linux.Launching", "what the compiler makes of its narrower type",
                        "io.kepm.linux.Desktops", "notify-send, gdbus, busctl as their user",
                        "io.kepm.trust.LaunchRegistry", "see who calls Launches"));
        onlyThese(
                API + "trust/Launches",
                named("launch"),
                Map.of(
                        "io.kepm.api.trust.Launches", "its own short form",
                        "io.kepm.trust.LaunchesComponent", "hands it on",
                        "io.kepm.jobs.ProcessTask", "tasks: see below",
                        "io.kepm.plugins.ProcessBody", "signed plugins, as their own account"));
    }

    @Test
    void ab_17_a_task_is_launched_as_service_or_after_its_gate_and_on_no_other_way() {
        Map<String, Set<String>> within =
                callers.callsOf("io/kepm/jobs/ProcessTask", ANY).stream()
                        .collect(
                                Collectors.groupingBy(
                                        Callers.Call::name,
                                        Collectors.mapping(
                                                Callers.Call::method, Collectors.toSet())));
        assertThat(within.get("launched")).containsOnly("once", "asUser", "asElevated", "launched");
        assertThat(within.get("asUser")).containsOnly("once");
        assertThat(within.get("asElevated")).containsOnly("once");
        assertThat(callers.callsOf(API + "trust/Launches", named("launch")))
                .filteredOn(call -> call.file().equals("io.kepm.jobs.ProcessTask"))
                .extracting(Callers.Call::method)
                .containsOnly("launched");
        assertThat(callers.callsOf(API + "trust/UserPrograms", named("refusal")))
                .filteredOn(call -> call.file().equals("io.kepm.jobs.ProcessTask"))
                .extracting(Callers.Call::method)
                .containsOnly("asUser");
        assertThat(callers.callsOf("io/kepm/jobs/Elevated", named("ask")))
                .extracting(Callers.Call::method)
                .containsOnly("asElevated");
        assertThat(callers.whoCalls(API + "trust/UserPrograms", named("refusal")))
                .containsOnly("io.kepm.jobs.ProcessTask", "io.kepm.plugins.Owners");
    }

    @Test
    void ab_17_whoever_elevates_asks_the_one_launch_decision() {
        onlyThese(
                API + "elevation/LaunchDecision",
                named("decide"),
                Map.of(
                        "io.kepm.sudo.SudoDoor", "sudo starts it",
                        "io.kepm.sudo.RunDoor", "the service manager starts it",
                        "io.kepm.jobs.Elevated", "the launcher starts it"));
        assertThat(callers.allThatAre(API + "elevation/LaunchDecision"))
                .containsOnly(
                        API + "elevation/LaunchDecision", "io/kepm/elevation/LaunchComponent");
        onlyThese(
                API + "linux/TransientUnits",
                named("start"),
                Map.of("io.kepm.sudo.RunDoor", "what the decision allowed, and redirects of it"));
        onlyThese(
                API + "linux/TransientUnits$Unit",
                named("go"),
                Map.of("io.kepm.sudo.RunDoor", "the same"));
        onlyThese(
                "io/kepm/linux/UnitCall",
                named("make"),
                Map.of("io.kepm.linux.SupervisedUnit", "the one of TransientUnits"));
    }

    @Test
    void ab_17_programs_of_the_system_are_run_for_these_ends() {
        onlyThese(
                API + "linux/Commands",
                named("run"),
                Map.of(
                        "io.kepm.jobs.People", "id -G",
                        "io.kepm.plugins.Owners", "id -G",
                        "io.kepm.linux.EphemeralAccountsComponent", "useradd, userdel",
                        "io.kepm.linux.LocalGroups", "gpasswd",
                        "io.kepm.sudo.CanaryTrial", "sudo, to see whether it still asks us",
                        "io.kepm.sudo.EffectiveDefaults", "sudo, to see its settings",
                        "io.kepm.sudo.SudoersFolder", "visudo"));
        onlyThese(
                "io/kepm/linux/HelperProcess",
                ANY,
                Map.of(
                        "io.kepm.linux.HelperProcess", "its own short form",
                        "io.kepm.linux.CommandsComponent", "for those above",
                        "io.kepm.linux.PasswordsComponent", "our helper of PAM"));
    }
}
