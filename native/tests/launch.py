"""The launcher with real programs, as root: what it starts, with which rights, and what it refuses."""
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile

LAUNCH = os.path.abspath(sys.argv[1])
PYTHON = os.path.realpath("/usr/bin/python3")
TELL = """
import json, os, resource, signal, sys
status = dict(line.rstrip().split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
mask = os.umask(0)
print(json.dumps({
    "uids": os.getresuid(), "gids": os.getresgid(), "groups": sorted(os.getgroups()), "umask": mask,
    "leader": os.getsid(0) == os.getpid() == os.getpgid(0), "files": sorted(map(int, os.listdir("/proc/self/fd"))),
    "limits": [resource.getrlimit(kind) for kind in (resource.RLIMIT_NOFILE, resource.RLIMIT_NPROC, resource.RLIMIT_AS, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE)],
    "blocked": status["SigBlk"], "ignored": status["SigIgn"], "capabilities": status["CapEff"], "no_new": status["NoNewPrivs"],
    "folder": os.getcwd(), "argv0": sys.orig_argv[0], "spared": open("/proc/self/oom_score_adj").read(), "nice": os.nice(0), "environment": dict(os.environ), "said": sys.stdin.read()}))
print("and this is an error", file=sys.stderr)
"""
failures = []


def check(holds, claim):
    if not holds:
        failures.append(claim)
        print("launch.py: not so:", claim)


def order(executable, *argv, uid=1, gid=1, groups="", cgroup="", files=64, processes=0, memory=0, file_size=0, no_new=1, device=None,
          inode=None, folder="/", errors=""):
    found = os.stat(executable) if os.path.exists(executable) else os.stat("/")
    return [LAUNCH, str(uid), str(gid), groups, cgroup, str(files), str(processes), str(memory), str(file_size), str(no_new),
            str(found.st_dev if device is None else device), str(found.st_ino if inode is None else inode), folder, executable,
            errors, *argv]


def run(command, said=b"g", **more):
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **more)
    out, err = process.communicate(said, timeout=120)
    return process.returncode, out.decode(), err.decode()


def as_the_agent_is():
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    os.nice(-5)
    try:
        with open("/proc/self/oom_score_adj", "w") as score:
            score.write("-900")
    except PermissionError:
        os.write(1, b"without CAP_SYS_RESOURCE: not seen whether it is spared\n")


def a_program_gets_what_was_ordered_and_nothing_more(cgroup):
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    leak = os.open("/etc/passwd", os.O_RDONLY)
    code, out, err = run(
        order(PYTHON, "the-name", "-c", TELL, uid=1234, gid=1235, groups="7,1300", cgroup=cgroup, processes=4096,
              memory=8 << 30, file_size=1 << 20, folder="/usr"),
        b"gline\n", env={"A": "b"}, pass_fds=[leak], restore_signals=False, preexec_fn=as_the_agent_is)
    os.close(leak)
    check(code == 0 and err == "", f"it runs, and standard error stays silent: {code} {err} {out}")
    lines = out.splitlines()
    told = json.loads(next((line for line in lines if line.startswith("{")), "{}"))
    check(told["uids"] == [1234] * 3 and told["gids"] == [1235] * 3, "user and group are the ordered ones")
    check(told["groups"] == [7, 1300], "groups are the ordered ones")
    check(told["umask"] == 0o77, "umask 077")
    check(told["spared"] == "0\n", "it is not spared when memory ends")
    check(told["nice"] == 0, "it goes before nobody")
    check(told["leader"], "it leads its own session and group")
    check(len(told["files"]) <= 4 and told["files"][:3] == [0, 1, 2], f"three open files: {told['files']}")
    check(told["limits"] == [[64, 64], [4096, 4096], [8 << 30, 8 << 30], [1 << 20, 1 << 20], [0, 0]], f"limits: {told['limits']}")
    check(int(told["blocked"], 16) == 0 and int(told["ignored"], 16) & (1 << (signal.SIGHUP - 1)) == 0, "signals are as at first")
    check(int(told["capabilities"], 16) == 0 and told["no_new"] == "1", "no capabilities, and no new ones")
    check(told["folder"] == "/usr" and told["argv0"] == "the-name", "folder and name")
    check({k: v for k, v in told["environment"].items() if k != "LC_CTYPE"} == {"A": "b"}, "the environment is the given one")
    check(told["said"] == "line\n", "what follows the first byte is the program's")
    lines = [line for line in lines if not line.startswith("without CAP")]
    check("and this is an error" in lines and len(lines) == 2, "both its streams are one")


def what_is_wrong_is_said_in_words():
    for claim, command, words in [
        ("another file in its place", order(PYTHON, "x", inode=1), "another file"),
        ("another device", order(PYTHON, "x", device=1), "another file"),
        ("no such file", order("/nonexistent/x", "x"), "No such file"),
        ("a folder", order("/usr", "x"), "not a regular file"),
        ("a user without the right to run it", order("/etc/passwd", "x"), "can't be run by user 1"),
        ("no such folder", order(PYTHON, "x", folder="/nonexistent"), "can't enter the folder"),
        ("no such cgroup", order(PYTHON, "x", cgroup="/nonexistent"), "cgroup `/nonexistent`"),
        ("a malformed order", [LAUNCH, "root"], "malformed"),
    ]:
        code, out, err = run(command)
        check(code == 126 and words in err and out == "", f"{claim}: {code} `{err}` `{out}`")
    code, out, err = run(order(PYTHON, "x", "-c", "print(1)"), b"")
    check(code == 126 and "went away" in err and out == "", f"an agent that went away starts nothing: {code} {err}")
    code, _, err = run(order(PYTHON, "x"), preexec_fn=lambda: os.setuid(65534))
    check(code == 126 and "not permitted" in err, f"without the right to change users nothing runs: {code} {err}")

    def become_nobody():
        os.setgroups([])
        os.setresgid(65534, 65534, 65534)
        os.setresuid(65534, 65534, 65534)

    code, out, err = run(order(PYTHON, "x", "-c", "print(1)", uid=65534, gid=65534), preexec_fn=become_nobody)
    check((code, out) == (0, "1\n"), f"who is not root runs what is to run as they are: {code} {err}")
    for other in ({"uid": 65533, "gid": 65534}, {"uid": 65534, "gid": 1}, {"uid": 65534, "gid": 65534, "groups": "4"}):
        code, out, err = run(order(PYTHON, "x", "-c", "print(1)", **other), preexec_fn=become_nobody)
        check(code == 126 and out == "", f"and nothing as somebody else: {code} {err}")


def scripts_run_by_their_path_for_those_who_reach_it(folder):
    script = folder / "name.sh"
    script.write_text("#!/bin/sh\necho \"$0 $1\"\n")
    script.chmod(0o755)
    code, out, err = run(order(str(script), "x", "word"))
    check((code, out, err) == (0, f"{script} word\n", ""), f"a script knows its name: {code} {out} {err}")
    folder.chmod(0o700)
    code, _, err = run(order(str(script), "x"))
    check(code == 126 and "can't reach the script" in err, f"a script out of reach: {code} {err}")
    binary = folder / "id"
    binary.write_bytes(pathlib.Path("/usr/bin/id").read_bytes())
    binary.chmod(0o755)
    code, out, err = run(order(str(binary), "id", "-u"))
    check((code, out) == (0, "1\n"), f"a binary needs no way to it: {code} {out} {err}")


def no_loader_reads_the_environment_while_we_are_root(folder):
    folder.chmod(0o755)
    library = folder / "evil.so"
    source = folder / "evil.c"
    source.write_text("#include <stdio.h>\n#include <unistd.h>\n__attribute__((constructor)) static void go(void)"
                      "{ FILE *f = fopen(MARK, \"a\"); if (f) { fprintf(f, \"%d\\n\", (int)geteuid()); fclose(f); } }\n")
    mark = folder / "mark"
    mark.touch()
    mark.chmod(0o666)
    subprocess.run([os.environ.get("CC", "gcc"), "-shared", "-fPIC", f"-DMARK=\"{mark}\"", "-o", str(library), str(source)], check=True)
    library.chmod(0o755)
    run(order("/usr/bin/id", "id"), env={"LD_PRELOAD": str(library)})
    check(set(mark.read_text().split()) <= {"1"}, f"a library of the environment ran as {mark.read_text().split()}")


def standard_error_goes_where_it_is_to_go():
    read, write = os.pipe()
    line = ["sh", "-c", "echo out; echo wrong >&2; ls /proc/self/fd | wc -l"]
    code, out, err = run(order("/bin/sh", *line, errors=f"/proc/{os.getpid()}/fd/{write}", uid=0, gid=0))
    os.close(write)
    with os.fdopen(read, "rb") as pipe:
        wrong = pipe.read()
    check((code, out, err, wrong) == (0, "out\n4\n", "", b"wrong\n"), f"into a pipe of its own: {code} {out} {err} {wrong}")
    for name in ("/dev/null", "/etc/passwd", "/nonexistent"):
        code, out, err = run(order("/bin/sh", *line, errors=name, uid=0, gid=0))
        check(code == 126 and out == "" and err.startswith("standard error"), f"{name} is no pipe: {code} {out} {err}")


def main():
    if os.geteuid() != 0:
        print("launch: skipped (not root)")
        return 0
    unified = next((p for p in ("/sys/fs/cgroup/unified", "/sys/fs/cgroup") if os.path.exists(p + "/cgroup.procs")), "")
    cgroup = unified and unified + f"/kepm-launch-test-{os.getpid()}"
    if cgroup:
        try:
            os.mkdir(cgroup)
        except OSError:
            cgroup = ""
    try:
        a_program_gets_what_was_ordered_and_nothing_more(cgroup)
    finally:
        if cgroup:
            os.rmdir(cgroup)
    what_is_wrong_is_said_in_words()
    standard_error_goes_where_it_is_to_go()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        scripts_run_by_their_path_for_those_who_reach_it(folder)
        no_loader_reads_the_environment_while_we_are_root(folder)
    print("launch:", "ok" if not failures else "FAILED")
    return bool(failures)


sys.exit(main())
