package io.kepm.jobs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.trust.FileTrust;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Code that a program is told to run, by its arguments. */
class ScriptsTest extends HouseFixture {

    private static final Path PYTHON = Path.of("/usr/bin/python3");

    @Test
    void ab_75_root_runs_no_script_that_others_could_have_changed() throws Exception {
        Path script = Files.writeString(folder.resolve("script"), "x");
        Path data = Files.writeString(folder.resolve("data"), "x");
        Path tool = Files.writeString(folder.resolve("tool"), "x");
        assertThat(tool.toFile().setExecutable(true)).isTrue();
        Path makes = Files.createDirectory(folder.resolve("makes"));
        Path another = Files.createSymbolicLink(folder.resolve("tidy"), PYTHON);
        Scripts scripts =
                new Scripts(
                        path ->
                                path.equals(data) || path.startsWith("/usr")
                                        ? List.of()
                                        : List.of(
                                                new FileTrust.Violation(
                                                        path, "`" + path + "` is alice's", "x")));
        for (List<String> argv :
                List.of(
                        List.of("python3.11", script.toString()),
                        List.of("python3", "-W", "ignore", script.toString().substring(1)),
                        List.of("java", "-jar", script.toString()),
                        List.of("env", "-i", "perl", script.toString()),
                        List.of("timeout", "5", tool.toString()),
                        List.of("/lib64/ld-linux-x86-64.so.2", tool.toString()),
                        List.of("awk", "-f", script.toString(), data.toString()),
                        List.of("mawk", "-v", "x=1", "-f" + script, data.toString()),
                        List.of("gawk", "--file=" + script),
                        List.of("gawk", "--fil", script.toString()),
                        List.of("sed", "-nf", script.toString(), data.toString()),
                        List.of("sed", "-nEf" + script, data.toString()),
                        List.of("make", "-f", script.toString(), "all"),
                        List.of("make", "-sC" + makes, "all"),
                        List.of("gdb", "-batch", "-x", script.toString(), data.toString()),
                        List.of("vim", "-es", "-S", script.toString(), data.toString()),
                        List.of("find", "/etc", "-exec", tool.toString(), "{}", ";"),
                        List.of("tar", "-xf", data.toString(), "--to-command=" + tool),
                        List.of("perl", "-I", "/usr", script.toString()),
                        List.of("perl", "-I" + makes, data.toString()),
                        List.of("java", "-cp", data + ":" + script, "Main"),
                        List.of("ruby", "-r", script.toString(), data.toString()),
                        List.of("node", "--require", data.toString(), script.toString()),
                        List.of("nice", "-n", "5", "awk", "-f", script.toString()),
                        List.of("env", "timeout", "5", "python3", script.toString()),
                        List.of(another.toString(), script.toString()),
                        List.of("find", "/", "-exec", "/usr/bin/python3", "" + script, ";"),
                        List.of("find", "/", "-ok", "env", "-u", "+", "python3", "" + script, ";"),
                        List.of("find", "/", "-exec", "cp", "{}", "+", "-execdir", "" + tool, ";"),
                        List.of("tar", "-xf", data.toString(), "--to-command=" + tool + " -v"),
                        List.of("tar", "--checkpoint-action=exec='python3' " + script),
                        List.of("tar", "--checkpoint-action", "exec=X=1 nice " + tool + " -q"),
                        List.of("rsync", "-ae", tool + " -q", data.toString(), "there:"),
                        List.of("xargs", "-a", data.toString(), PYTHON.toString(), "" + script),
                        List.of("env", "-S", "python3 " + script),
                        List.of("java", "-javaagent:" + script + "=opt", "-jar", data.toString()),
                        List.of("java", "-Xbootclasspath/a:" + script, "-jar", data.toString()),
                        List.of("java", "-XX:OnOutOfMemoryError=" + tool + " %p", "Main"),
                        List.of("java", "--patch-module", "a.b=" + script, "Main"),
                        List.of("java", "-cp", makes + "/*", "Main"),
                        List.of("java", "@" + script),
                        List.of("perl", "-wI" + makes, data.toString()),
                        List.of("perl", "-Mlib=" + makes, data.toString()),
                        List.of("node", "--import=" + script, data.toString()),
                        List.of("php", "-dauto_prepend_file=" + script, data.toString()),
                        List.of("flock", data.toString(), tool.toString()))) {
            assertThatThrownBy(() -> check(scripts, argv))
                    .as(argv.toString())
                    .isInstanceOf(IOException.class)
                    .hasMessageContaining("` would run as root what others could have changed: `")
                    .hasMessageContaining("is alice's: repair it with x");
        }
        for (List<String> argv :
                List.of(
                        List.of("python3", data.toString(), script.toString()),
                        List.of("python3", "-m", "http"),
                        List.of("python3", "-I", data.toString(), script.toString()),
                        List.of("awk", "-F:", "{print $1}", script.toString()),
                        List.of("awk", "-f", data.toString(), script.toString()),
                        List.of("sed", "-n", "-e", "s/f/g/", script.toString()),
                        List.of("sed", "--in-place=.bak", "s/f/g/", script.toString()),
                        List.of("make", "-f", data.toString(), script.toString()),
                        List.of("find", script.toString(), "-name", "x", "-delete"),
                        List.of("tar", "-cf", data.toString(), script.toString()),
                        List.of("java", "-Djava.io.tmpdir=" + makes, "-jar", data.toString()),
                        List.of("java", "-XX:HeapDumpPath=" + makes, "-jar", data.toString()),
                        List.of("java", "-Dspring.config=file:" + makes, "-jar", "" + data),
                        List.of("node", "--diagnostic-dir=" + makes, data.toString()),
                        List.of("php", "-d", "upload_tmp_dir=" + makes, data.toString()),
                        List.of("php", "-dupload_tmp_dir=" + makes, data.toString()),
                        List.of("run-parts", "-a", script.toString(), "/usr"),
                        List.of("python3", "-Xpycache_prefix=" + makes, data.toString()),
                        List.of("find", script.toString(), "-exec", "cp", "{}", "+", "-quit"),
                        List.of("tar", "--checkpoint=9", "--checkpoint-action=echo=" + tool),
                        List.of("cp", script.toString(), data.toString()),
                        List.of("nice", "cp", script.toString(), data.toString()))) {
            check(scripts, argv);
        }
        job("", "{'executablePath':'/usr/bin/env','arguments':['" + tool + "']}");
        house.violations.add(new FileTrust.Violation(tool, "it is alice's", "chown root x"));
        assertThat(house.run("j").reason()).contains("what others could have changed");
        assertThat(house.launches.launcher.children).isEmpty();
    }

    private static void check(Scripts scripts, List<String> argv) throws IOException {
        scripts.check(Path.of(argv.get(0)), argv.subList(1, argv.size()));
    }

    @Test
    void ab_75_a_makefile_in_a_folder_of_roots_is_judged_by_itself() throws Exception {
        Path makes = Files.createDirectory(folder.resolve("makes"));
        Path file = Files.writeString(makes.resolve("Makefile"), "all:");
        Scripts scripts =
                new Scripts(
                        path ->
                                path.equals(file)
                                        ? List.of(new FileTrust.Violation(file, "alice's", "x"))
                                        : List.of());
        assertThatThrownBy(() -> check(scripts, List.of("make", "-C", makes.toString())))
                .hasMessageContaining("alice's");
        Files.delete(file);
        check(scripts, List.of("make", "-C", makes.toString()));
    }

    @Test
    void ab_75_no_starter_starts_a_shell_by_another_name() throws Exception {
        Path link = Files.createSymbolicLink(folder.resolve("tidy"), Path.of("/bin/sh"));
        Scripts scripts = new Scripts(path -> List.of());
        for (List<String> argv :
                List.of(
                        List.of("env", link.toString(), "-c", "id"),
                        List.of("find", "/", "-exec", link.toString(), "{}", ";"))) {
            assertThatThrownBy(() -> check(scripts, argv))
                    .as(argv.toString())
                    .hasMessageContaining("` is the shell `");
        }
    }

    @Test
    void ab_75_no_starter_is_told_to_start_a_shell_however_deep_that_is() throws Exception {
        Path env = Files.createSymbolicLink(folder.resolve("e"), Path.of("/usr/bin/env"));
        for (List<String> argv :
                List.of(
                        List.of("find", "/", "-exec", "/bin/sh"),
                        List.of("find", "/", "-exec", "env", "sh", "-c", "id", ";"),
                        List.of("find", "/", "-exec", "true", ";", "-okdir", "nice", "sh", ";"),
                        List.of("find", "/", "-exec", env.toString(), "sh", "-c", "id", ";"),
                        List.of("env", "find", "/", "-exec", "env", "-u", "+", "sh", ";"),
                        List.of("tar", "-xf", "x", "--to-command=cat; env bash -c id"),
                        List.of("tar", "--checkpoint-action=exec='sh' -c id"),
                        List.of("rsync", "-e", "sh -c id", "/etc", "there:"),
                        List.of("env", "-Ssh -c id"),
                        List.of("java", "-XX:OnError=sh -c id", "Main"),
                        List.of(env.toString(), "sh", "-c", "id"))) {
            assertThat(Programs.startsShell(argv.get(0), argv.subList(1, argv.size())))
                    .as(argv.toString())
                    .isTrue();
        }
        Path fish = Files.createDirectory(folder.resolve("fish"));
        for (List<String> argv :
                List.of(
                        List.of("make", "-C", fish.toString()),
                        List.of("find", "/", "-exec", "grep", "-l", "sh", "{}", "+"),
                        List.of("find", "/", "-name", "sh", "-exec", "cat", "{}", ";"),
                        List.of("tar", "-cf", "x", "--checkpoint", "/srv/sh"))) {
            assertThat(Programs.startsShell(argv.get(0), argv.subList(1, argv.size())))
                    .as(argv.toString())
                    .isFalse();
            check(new Scripts(path -> List.of()), argv);
        }
        job("", "{'executablePath':'" + env + "','arguments':['sh','-c','id']}");
        assertThat(house.run("j").reason()).contains("a shell is not run by a job");
    }
}
