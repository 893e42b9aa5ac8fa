"""Cell by cell, inside the throw-away root that `run` made."""
import json
import os
import pty
import pwd
import re
import select
import signal
import socket
import struct
import subprocess
import sys
import threading
import time
import traceback

from fake_agent import Agent, frame

SOCKET = "/run/keeper/decide.sock"
PLUGIN = "/usr/libexec/kepm/kepm_sudo.so"
MARK = "/run/keeper/canary.ran"
PYTHON = "/usr/bin/python3"
LINES = """\
Plugin kepm_approval {0}
Plugin kepm_audit {0}
Set group_source dynamic
""".format(PLUGIN)
DROPIN = """\
Defaults !fqdn
Defaults:%kepm-users env_reset, !setenv, use_pty, fdexec=always, intercept_type=trace
Defaults:%kepm-users secure_path="/usr/sbin:/usr/bin:/sbin:/bin"
%kepm-users ALL=(ALL) NOPASSWD:NOSETENV: ALL
bob ALL=(ALL:ALL) NOPASSWD:SETENV: ALL
Defaults:bob runcwd=*, !use_pty
"""
agent = Agent(SOCKET)
log_lines = []


def sh(command):
    return subprocess.run(["sh", "-c", command], capture_output=True, text=True)


def write(path, text, mode=0o644):
    with open(path, "w") as out:
        out.write(text)
    os.chmod(path, mode)


def prepare():
    env = dict(os.environ, DEBIAN_FRONTEND="noninteractive")
    done = subprocess.run(["apt-get", "install", "-y", "--no-install-recommends", "sudo"], env=env, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    os.makedirs("/usr/libexec/kepm", exist_ok=True)
    os.makedirs("/etc/kepm", exist_ok=True)
    os.makedirs("/run/keeper", exist_ok=True)
    assert sh(f"""set -e
        install -m 644 /run/build/kepm_sudo.so {PLUGIN}
        install -m 755 /run/build/canary /usr/libexec/kepm/canary
        install -m 644 /run/build/pam_kepm_gate.so /usr/libexec/kepm/pam_kepm_gate.so
        groupadd -r kepm-users; groupadd -r kepm-users-passwd; groupadd corp
        useradd -m -s /bin/bash -G kepm-users alice
        useradd -m -s /bin/bash bob
        useradd -m -s /bin/bash -G kepm-users carol
        useradd -m -s /bin/bash -g kepm-users dave
        useradd -m -s /bin/bash -G corp erin
        echo 'erin ALL=(ALL:ALL) NOPASSWD: ALL' > /etc/sudoers.d/erin; chmod 440 /etc/sudoers.d/erin
        """).returncode == 0
    write("/etc/sudoers.d/kepm", DROPIN, 0o440)
    write("/etc/sudo.conf", LINES)
    listen_to_syslog()
    print(sh("sudo -V | head -1").stdout.strip(), flush=True)


def listen_to_syslog():
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    sock.bind("/dev/log")
    os.chmod("/dev/log", 0o666)

    def collect():
        while True:
            log_lines.append(sock.recv(65536).decode("utf-8", "replace"))

    threading.Thread(target=collect, daemon=True).start()


class Result:
    def __init__(self, rc, out, err):
        self.rc, self.out, self.err = rc, out, err

    def __repr__(self):
        return f"rc={self.rc} out={self.out!r} err={self.err!r}"


def run_as(user, command, env=None, timeout=40, stdin=""):
    """Fresh groups, no terminal, standard error apart."""
    account = pwd.getpwnam(user)

    def become():
        os.setsid()
        os.initgroups(user, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)

    full = {"PATH": "/usr/bin:/bin", "HOME": account.pw_dir, "USER": user, "LANG": "C.UTF-8", **(env or {})}
    words = command if isinstance(command, list) else ["bash", "-c", command]
    done = subprocess.run(words, preexec_fn=become, env=full, capture_output=True, text=True,
                          cwd="/tmp", timeout=timeout, input=stdin)
    return Result(done.returncode, done.stdout, done.stderr)


def on_tty(user, command, talk, timeout=30):
    """On a pseudo-terminal: talk(expect, send) plays the person. Everything the terminal shows is in `out`."""
    account = pwd.getpwnam(user)
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir("/tmp")
        os.initgroups(user, account.pw_gid)
        os.setgid(account.pw_gid)
        os.setuid(account.pw_uid)
        os.execve("/bin/bash", ["bash", "-c", command],
                  {"PATH": "/usr/bin:/bin", "HOME": account.pw_dir, "TERM": "dumb", "LANG": "C.UTF-8"})
    shown = [""]
    deadline = time.time() + timeout

    def pump():
        if select.select([fd], [], [], 0.1)[0]:
            try:
                shown[0] += os.read(fd, 65536).decode("utf-8", "replace")
            except OSError:
                return False
        return True

    def expect(text):
        while text not in shown[0]:
            assert time.time() < deadline, f"never saw {text!r} in {shown[0]!r}"
            assert pump(), f"ended before {text!r}: {shown[0]!r}"

    talk(expect, lambda text: os.write(fd, text.encode()))
    while time.time() < deadline and pump():
        pass
    _, status = os.waitpid(pid, 0)
    os.close(fd)
    return Result(os.waitstatus_to_exitcode(status), shown[0].replace("\r\n", "\n"), "")


def logged(pattern, seconds=1.0):
    end = time.time() + seconds
    while time.time() < end:
        found = [line for line in log_lines if re.search(pattern, line)]
        if found:
            return found
        time.sleep(0.02)
    return []


def answers(*frames):
    def play(connection, fields, _):
        for one in frames:
            connection.raw(frame(**one) if isinstance(one, dict) else one)
    return play


def check():
    (fields,) = agent.wait_for("check")
    return fields


def same(actual, expected):
    assert actual == expected, f"\n  expected {expected!r}\n  but was  {actual!r}"


cells = []


def cell(function):
    cells.append(function)
    return function


# ---- what the agent is told ----

@cell
def allow_runs_with_the_exit_code_of_the_command():
    same(run_as("alice", "sudo -n sh -c 'id -u; exit 7'").__dict__, {"rc": 7, "out": "0\n", "err": ""})
    (closed,) = agent.wait_for("close")
    same([closed.one(k) for k in ("v", "grant", "request", "status_type", "status")], ["1", "g1", "r1", "exit", "7"])
    assert 0 <= int(closed.one("duration_ms")) < 5000


@cell
def first_frame_holds_every_field():
    run_as("alice", "sudo -n -u bob id -u", env={"KEPM_REASON": "ticket 12"})
    f = check()
    uid = str(pwd.getpwnam("alice").pw_uid)
    expected = {"v": "1", "user": "alice", "uid": uid, "command": "/usr/bin/id", "runas_user": "bob",
                "runas_uid": str(pwd.getpwnam("bob").pw_uid), "runas_gid": str(pwd.getpwnam("bob").pw_gid),
                "cwd": "/tmp", "tty": "", "sudoedit": "0", "interactive": "0", "fd": "1", "fd_note": "",
                "progname": "sudo", "reason": "ticket 12"}
    same({k: f.one(k) for k in expected}, expected)
    same(f["argv"], ["id", "-u"])
    assert "option" not in f and "request" not in f
    assert re.fullmatch(r"1\.\d+", f.one("plugin_api"))
    assert all(int(f.one(k)) >= 0 for k in ("pid", "ppid", "sid")) and f.one("host") and f.one("runas_groups")


@cell
def descriptor_is_the_file_that_runs():
    run_as("alice", "sudo -n id")
    st = os.stat("/usr/bin/id")
    same(check().inodes, [(st.st_dev, st.st_ino)])


@cell
def options_are_sent_only_when_asked_for():
    asked = {"-g bob": ["runas_group=bob"], "-u bob -g disk": ["runas_group=disk"], "-D /srv": ["cmnd_cwd=/srv", "cwd=/srv"],
             "-P": ["preserve_groups=true"], "-E": ["preserve_environment=true"], "-H": ["set_home=true"],
             "-i": ["login_shell=true"], "-s": ["run_shell=true"], "-h $(hostname)": [f"remote_host={socket.gethostname()}"],
             "-r r_r -t t_t": ["selinux_role=r_r", "selinux_type=t_t"], "FOO=x BAR=y=z": ["env=FOO", "env=BAR"],
             "--preserve-env=LANG,HOME": ["preserve_environment=list"], "-p a=b": [], "-nu bob": [], "-k": [], "-B": [],
             "--us bob": [], "--": [], "-u root --prompt a=b": [], "-p x A=1": ["env=A"]}
    for options, expected in asked.items():
        agent.seen.clear()
        run_as("bob", f"sudo -n {options} id")
        same((options, check().get("option", [])), (options, expected))


@cell
def site_rules_for_chroot_and_directory_are_told():
    write("/etc/sudoers.d/zz", "erin ALL=(ALL) CWD=/srv NOPASSWD: /usr/bin/id\nerin ALL=(ALL) CHROOT=/ NOPASSWD: /usr/bin/env\n", 0o440)
    run_as("erin", "sudo -n id")
    same(check().get("option"), ["cwd=/srv"])
    agent.seen.clear()
    run_as("erin", "sudo -n env")
    same(check().get("option"), ["chroot=/"])
    os.unlink("/etc/sudoers.d/zz")


@cell
def ab_130_a_variable_from_which_code_is_taken_is_told_whatever_default_lets_it_through():
    for default in ("!env_reset", "env_keep += NODE_OPTIONS"):
        write("/etc/sudoers.d/zz", f"Defaults:erin {default}\nerin ALL=(ALL) NOPASSWD: /usr/bin/id\n", 0o440)
        agent.seen.clear()
        run_as("erin", "sudo -n id", env={"NODE_OPTIONS": "--require /tmp/x.js", "PATH": "/usr/bin:/bin"})
        same((default, check().get("option")), (default, ["env=NODE_OPTIONS"]))
    write("/etc/sudoers.d/zz", "erin ALL=(ALL) NOPASSWD: /usr/bin/id\n", 0o440)
    agent.seen.clear()
    run_as("erin", "sudo -n id", env={"NODE_OPTIONS": "--require /tmp/x.js", "PATH": "/usr/bin:/bin"})
    same(check().get("option", []), [])
    os.unlink("/etc/sudoers.d/zz")


@cell
def sudoers_refuses_before_us():
    for options in ("-R /srv", "-T 5", "-C 20", "-h elsewhere"):
        assert run_as("bob", f"sudo -n {options} id").rc == 1, options
    for options in ("LD_PRELOAD=/tmp/p.so", "-E", "-g shadow", "-u bob -g disk"):
        assert run_as("alice", f"sudo -n {options} id").rc == 1, options
    same(agent.of("check"), [])


@cell
def relative_commands_become_absolute():
    os.makedirs("/srv/a/b", exist_ok=True)
    os.makedirs("/srv/c", exist_ok=True)
    for name in ("/srv/a/t", "/srv/a/b/t", "/srv/c/t"):
        write(name, f"#!/bin/sh\necho {name}\n", 0o755)
    for command, expected in (("./t", "/srv/a/t"), ("b//./t", "/srv/a/b/t"), ("../c/t", "/srv/a/../c/t"), ("/srv//a/./t", "/srv/a/t")):
        agent.seen.clear()
        assert run_as("alice", f"cd /srv/a && sudo -n {command}").rc == 0
        same(check().one("command"), expected)
    agent.seen.clear()
    same(run_as("bob", "cd /srv/a && sudo -n -D /srv/c ./t").out, "/srv/c/t\n")
    same(check().one("command"), "/srv/c/t")


FOREIGN = "kepm: refused: the current directory is gone, or it is not what `{}` leads to\n" \
          "kepm: change to another directory and use the full path\n"


@cell
def a_directory_of_another_mount_namespace_is_refused():
    """The text of the directory is /usr/bin, the file below it is another one."""
    os.makedirs("/srv/ns", exist_ok=True)
    write("/srv/ns/evil", "#!/bin/sh\necho evil\n", 0o755)
    other = subprocess.Popen(["unshare", "-m", "sh", "-c", "mount --bind /srv/ns/evil /usr/bin/env; echo; exec sleep 60"],
                             stdout=subprocess.PIPE)
    other.stdout.readline()
    try:
        for command in ("sudo -n ./env", "sudoedit -n motd", "sudo -n env"):
            done = subprocess.run(["python3", "-c", f"""
import os
os.chdir("/proc/{other.pid}/root/usr/bin")
os.initgroups("alice", {pwd.getpwnam("alice").pw_gid}); os.setgid({pwd.getpwnam("alice").pw_gid})
os.setuid({pwd.getpwnam("alice").pw_uid})
os.execvp("sh", ["sh", "-c", {command!r}])"""], capture_output=True, text=True)
            assert "evil" not in done.stdout, done
            if command != "sudo -n env":
                same((done.returncode, done.stderr, agent.seen), (1, FOREIGN.format("/usr/bin"), []))
        same(check().get("option"), ["cwd=foreign"])
    finally:
        other.kill()
        other.wait()


@cell
def a_directory_that_is_gone_or_covered_is_told():
    gone = "mkdir /tmp/g; cd /tmp/g; rmdir /tmp/g; sudo -n "
    same(run_as("alice", gone + "id -u").rc, 0)
    same(check().get("option"), ["cwd=foreign"])
    agent.seen.clear()
    result = run_as("alice", gone + "../usr/bin/id")
    assert result.rc == 1 and result.out == "" and agent.seen == [], result
    same(sh(gone + "id -u").stdout, "0\n")
    agent.seen.clear()
    os.makedirs("/srv/cover", exist_ok=True)
    write("/srv/cover/t", "#!/bin/sh\necho below\n", 0o755)
    os.chdir("/srv/cover")
    sh("mount -t tmpfs tmpfs /srv/cover")
    try:
        alice = pwd.getpwnam("alice")
        done = subprocess.run(["sudo", "-n", "./t"], user=alice.pw_uid, group=alice.pw_gid, capture_output=True, text=True,
                              extra_groups=os.getgrouplist("alice", alice.pw_gid))
        same((done.returncode, done.stdout, agent.of("check")), (1, "", []))
    finally:
        os.chdir("/")
        sh("umount /srv/cover")


@cell
def a_directory_that_is_hard_to_enter_is_no_foreign_one():
    os.makedirs("/srv/deep/er", exist_ok=True)
    os.chmod("/srv/deep", 0o700)
    alice = pwd.getpwnam("alice")
    done = subprocess.run(["sudo", "-n", "id", "-u"], user=alice.pw_uid, group=alice.pw_gid, capture_output=True, text=True,
                          extra_groups=os.getgrouplist("alice", alice.pw_gid), cwd="/srv/deep/er")
    same(done.stdout, "0\n")
    same((check().one("cwd"), check().get("option")), ("/srv/deep/er", None))


@cell
def no_agent_traffic_for_list_validate_version():
    for flag in ("-l", "-v", "-V"):
        run_as("alice", f"sudo {'-n ' if flag != '-V' else ''}{flag}")
    same(agent.seen, [])
    assert "KEPM approval" in run_as("alice", "sudo -V").out


@cell
def edit_names_files_not_editors():
    for command in ("sudoedit -n /etc/motd", "sudo -n -e /etc/motd"):
        agent.seen.clear()
        assert run_as("alice", command, env={"EDITOR": "/usr/bin/touch"}).rc == 0
        f = check()
        same([f.one("sudoedit"), f["argv"], f.one("fd"), f.one("fd_note")],
             ["1", ["/usr/bin/touch", "--", "/etc/motd"], "0", "sudoedit"])
    agent.seen.clear()
    assert run_as("alice", "sudoedit -n /etc/motd", env={"EDITOR": "vim -- /etc/shadow"}).rc == 1
    same(agent.of("check"), [])


@cell
def inner_commands_carry_no_descriptor():
    with open("/etc/sudoers.d/kepm", "a") as out:
        out.write("Defaults:%kepm-users intercept\n")
    same(run_as("alice", "sudo -n sh -c 'cd /usr/bin; ./id -u'").out, "0\n")
    seen = agent.wait_for("check", 2)
    write("/etc/sudoers.d/kepm", DROPIN, 0o440)
    same([f.one("user") for f in seen], ["alice", "alice"])
    same([f.get("option") for f in seen], [None, None])
    same([(f.one("command"), f.one("fd"), f.fds) for f in seen], [("/usr/bin/sh", "1", 1), ("/usr/bin/id", "0", 0)])
    same([f["cwd"] for f in seen], [["/tmp"], ["/usr/bin"]])


TRACED = DROPIN + "%kepm-users ALL=(ALL) NOPASSWD:NOSETENV:INTERCEPT: /bin/dash\n"


def inside(*frames, run="/usr/bin/env /usr/bin/id -u"):
    """What sudo asks about for a shell that is traced, and what the shell shows."""
    write("/etc/sudoers.d/kepm", TRACED, 0o440)
    agent.seen.clear()
    agent.play = answers(*frames) if frames else agent.play
    try:
        return run_as("alice", ["sudo", "-n", "dash", "-c", run + "; exit 3"])
    finally:
        write("/etc/sudoers.d/kepm", DROPIN, 0o440)


@cell
def what_is_traced_is_asked_about_with_its_place():
    def play(connection, fields, _):
        # Who is asked about inside can't free what comes after it.
        connection.raw(frame(op="allow", grant="g-7", **({"inside": "free"} if "inside" in fields else {})))
    agent.play = play
    result = inside()
    same((result.rc, result.out), (3, "0\n"))
    seen = agent.wait_for("check", 3)
    same([(f.one("command"), f.one("intercept"), f.get("inside"), f.one("stays"), f.one("fd")) for f in seen],
         [("/bin/dash", "1", None, "1", "1"), ("/usr/bin/env", "1", ["g-7"], "0", "0"),
          ("/usr/bin/id", "1", ["g-7"], "0", "0")])
    agent.seen.clear()
    assert run_as("alice", "sudo -n id -u").rc == 0
    same(check().one("intercept"), "0")


@cell
def what_is_denied_inside_does_not_run_and_the_shell_goes_on():
    def play(connection, fields, _):
        word = "allow" if fields.one("command") == "/bin/dash" else "deny"
        connection.raw(frame(op=word, grant="g-7") if word == "allow" else frame(op=word, message="not inside"))
    agent.play = play
    result = inside()
    same((result.rc, result.out), (3, ""))
    assert "kepm: not inside" in result.err, result.err


EXECVEAT = """import ctypes, os, sys
libc, words = ctypes.CDLL(None, use_errno=True), (ctypes.c_char_p * 3)(b"id", b"-u", None)
libc.syscall({"x86_64": 322, "aarch64": 281}[os.uname().machine], os.open("/usr/bin/id", os.O_RDONLY), b"", words, (ctypes.c_char_p * 1)(None), 0x1000)
print("errno", ctypes.get_errno())
"""
FEXECVE = """import os
os.execve(os.open("/usr/bin/id", os.O_RDONLY), ["id", "-u"], {})
"""


@cell
def ab_09_what_the_trace_does_not_see_does_not_run_inside():
    allow = dict(op="allow", grant="g-7")
    write("/tmp/execveat.py", EXECVEAT)
    write("/tmp/fexecve.py", FEXECVE)
    os.symlink("/proc/self/exe", "/tmp/self")
    result = inside(allow, run=f"{PYTHON} /tmp/execveat.py")
    same((result.rc, result.out), (3, "errno 38\n"))
    for run in (f"{PYTHON} /tmp/fexecve.py", "/tmp/self -c /usr/bin/id", "/proc/self/exe -c /usr/bin/id"):
        result = inside(allow, run=run)
        same((result.rc, result.out), (3, ""))
        assert len(agent.of("check")) <= 2, run
        assert PYTHON in run or "leads to another file" in result.err, result.err


# Calls execve(2) by the numbers of 32-bit programs, which 64-bit code may do; nothing more is needed than a page below 4 GiB.
BY_32_BITS = """import ctypes, mmap, struct
page = mmap.mmap(-1, 4096, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x40, prot=7)
at = ctypes.addressof(ctypes.c_char.from_buffer(page))
page[0:25] = bytes.fromhex("5389f889f34189ca89d14489d24489c64489cfcd805bc3").ljust(25, bytes(1))
page[256:268], page[300:303], page[400:412] = b"/usr/bin/id\\0", b"-u\\0", struct.pack("<3I", at + 256, at + 300, 0)
call = ctypes.CFUNCTYPE(ctypes.c_int, *[ctypes.c_uint] * 6)(at)
print(call(11, at + 256, at + 400, 0, 0, 0), call(358, 2 ** 32 - 100, at + 256, at + 400, 0, 0), flush=True)
"""


@cell
def ab_09_a_32_bit_call_starts_nothing_inside():
    if os.uname().machine != "x86_64":
        return print("      not tried: no 32-bit calls on this processor")
    write("/tmp/by32.py", BY_32_BITS)
    if run_as("bob", f"{PYTHON} /tmp/by32.py").out != f"{pwd.getpwnam('bob').pw_uid}\n":
        return print("      not tried: no 32-bit calls on this kernel")
    result = inside(dict(op="allow", grant="g-7"), run=f"{PYTHON} /tmp/by32.py")
    same((result.rc, result.out), (3, "-38 -38\n"))
    same(len(agent.of("check")), 2)


@cell
def a_script_is_traced_as_well():
    write("/usr/local/bin/kepm-script", "#!/bin/dash\n/usr/bin/id -u\ncd /var\n/usr/bin/env\nexit 3\n", 0o755)
    agent.play = answers(dict(op="allow", grant="g-7"))
    write("/etc/sudoers.d/kepm", TRACED.replace("/bin/dash", "/usr/local/bin/kepm-script"), 0o440)
    result = run_as("alice", "sudo -n /usr/local/bin/kepm-script")
    write("/etc/sudoers.d/kepm", DROPIN, 0o440)
    same((result.rc, result.out[:2]), (3, "0\n"))
    same([(f.one("command"), f.one("intercept"), f["cwd"]) for f in agent.wait_for("check", 3)],
         [("/usr/local/bin/kepm-script", "1", ["/tmp"]), ("/usr/bin/id", "1", ["/tmp"]), ("/usr/bin/env", "1", ["/var"])])


@cell
def a_variable_from_which_code_is_taken_is_refused_inside():
    for name in ("LD_PRELOAD=/tmp/x.so", "BASH_ENV=/tmp/x", "PYTHONPATH=/tmp", "ENV=/tmp/x"):
        result = inside(dict(op="allow", grant="g-7"), run=f"{name} /usr/bin/id -u")
        same((result.rc, result.out), (3, ""))
        assert "is set, from which code is taken" in result.err, result.err
        same(len(agent.of("check")), 1)
    same(inside(dict(op="allow", grant="g-7"), run="ENVIRON=1 /usr/bin/id -u").out, "0\n")


@cell
def who_is_free_inside_is_asked_once():
    result = inside(dict(op="allow", grant="g-7", inside="free"))
    same((result.rc, result.out), (3, "0\n"))
    time.sleep(0.2)
    same(len(agent.of("check")), 1)


@cell
def nobody_is_prompted_inside():
    def play(connection, fields, _):
        if fields.get("inside") is None:
            connection.raw(frame(op="allow", grant="g-7"))
            return
        same(fields.one("interactive"), "0")
        connection.raw(frame(op="prompt", id="1", text="Reason: ", echo="1"))
        connection.raw(frame(op="allow" if connection.read().get("cancelled") is None else "deny",
                             grant="g-8", message="nobody answered"))
    agent.play = play
    write("/etc/sudoers.d/kepm", TRACED, 0o440)
    agent.seen.clear()
    result = on_tty("alice", "sudo dash -c '/usr/bin/id -u; exit 3'", lambda expect, send: None)
    write("/etc/sudoers.d/kepm", DROPIN, 0o440)
    same(result.rc, 3)
    assert "nobody answered" in result.out and "Reason" not in result.out, result.out


@cell
def command_inherits_nothing_of_ours():
    for play in (agent.play, keeping([])):
        agent.play = play
        out = run_as("alice", "sudo -n -- ls -l /proc/self/fd").out
        assert "->" in out and "socket:" not in out, out


@cell
def empty_argv_and_a_megabyte():
    code = "import os; os.execv('/usr/bin/sudo', ['sudo', '-n', 'true'] + ['x' * 100000] * 12)"
    result = run_as("alice", ["python3", "-c", code])
    same((result.rc, result.err), (1, "kepm: refused: the command line is longer than 1 MiB or memory is short\n"))
    same(agent.of("check"), [])
    assert run_as("alice", ["python3", "-c", code.replace("] * 12", "] * 10")]).rc == 0
    assert run_as("alice", "sudo -n ''").rc != 0


# ---- what the agent answers ----

@cell
def deny_is_shown_once_and_exits_1():
    agent.play = answers(dict(op="deny", request="r9", message="rule `base` 7 refuses this\nask: kepm request -- id"))
    result = run_as("alice", "sudo -n id")
    same(result.__dict__, {"rc": 1, "out": "", "err": "kepm: rule `base` 7 refuses this\nkepm: ask: kepm request -- id\n"})
    same(agent.of("close"), [])


@cell
def pass_runs_and_closes_nothing():
    agent.play = answers(dict(op="pass", message="noted"))
    same(run_as("bob", "sudo -n id -u").__dict__, {"rc": 0, "out": "0\n", "err": "kepm: noted\n"})
    same(agent.of("close"), [])


@cell
def info_goes_to_standard_error_and_is_made_safe():
    agent.play = answers(dict(op="info", text="wait\x1b[2J\rx\u202ey \u00e4\u0085"), dict(op="wait"),
                         dict(op="allow", grant="g", request="r", message="a\tb\nc"))
    result = run_as("alice", "sudo -n echo hi")
    same(result.__dict__, {"rc": 0, "out": "hi\n",
                           "err": "kepm: wait\\x1b[2J\\x0dx\\xe2\\x80\\xaey \u00e4\\xc2\\x85\nkepm: a\tb\nkepm: c\n"})


@cell
def signal_of_the_command_is_reported():
    assert run_as("alice", "sudo -n sh -c 'kill -9 $$'").rc in (137, -9)
    (closed,) = agent.wait_for("close")
    same([closed.one("status_type"), closed.one("status")], ["signal", "9"])


@cell
def failing_exec_is_reported():
    write("/srv/bad", "\x7fELFnonsense", 0o755)
    assert run_as("alice", "sudo -n /srv/bad").rc != 0
    (closed,) = agent.wait_for("close")
    assert closed.one("status_type") in ("exec_error", "exit"), closed


@cell
def close_never_delays_much_or_changes_the_exit_code():
    def play(connection, fields, _):
        connection.send(op="allow", grant="g1", request="r1")
        agent.stop()
    agent.play = play
    same(run_as("alice", "sudo -n sh -c 'exit 5'").rc, 5)
    agent.start()
    real, agent._talk = agent._talk, None

    def hang(connection):
        fields = connection.read()
        connection.send(op="allow", grant="g1", request="r1") if fields.one("op") == "check" else time.sleep(3)
        connection.close()
    agent._talk = hang
    start = time.time()
    same(run_as("alice", "sudo -n sh -c 'exit 6'").rc, 6)
    agent._talk = real
    assert 0.9 < time.time() - start < 2, time.time() - start


def wait_until(true, seconds=3):
    end = time.time() + seconds
    while not true():
        assert time.time() < end, "waited in vain"
        time.sleep(0.01)


def keeping(heard):
    def play(connection, fields, _):
        connection.send(op="allow", grant="g1", request="r1", kept="1")
        heard.append(connection.read())
    return play


@cell
def an_agent_that_keeps_the_connection_hears_the_end_on_it():
    heard = []
    agent.play = keeping(heard)
    same(run_as("alice", "sudo -n sh -c 'exit 3'").rc, 3)
    wait_until(lambda: heard)
    same([heard[0].one(k) for k in ("op", "grant", "status_type", "status")], ["close", "g1", "exit", "3"])
    same([agent.of("check")[0].one("stays"), agent.of("close")], ["1", []])


@cell
def an_agent_that_keeps_it_hears_that_sudo_was_killed_and_the_command_does_not_hold_it():
    heard = []

    def play(connection, fields, _):
        connection.send(op="allow", grant="g1", request="r1", kept="1")
        time.sleep(0.5)
        sudo, _, _ = struct.unpack("3i", connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        os.kill(sudo, signal.SIGKILL)
        heard.append(connection.read())
    agent.play = play
    start = time.time()
    assert run_as("alice", "sudo -n sleep 3 </dev/null >/dev/null 2>&1").rc in (137, -9)
    wait_until(lambda: heard)
    same(heard, [None])
    assert time.time() - start < 2.5


@cell
def an_agent_that_went_away_meanwhile_is_told_anew():
    def play(connection, fields, _):
        connection.send(op="allow", grant="g1", request="r1", kept="1")
    agent.play = play
    same(run_as("alice", "sudo -n sh -c 'sleep 0.3; exit 4'").rc, 4)
    (closed,) = agent.wait_for("close")
    same(closed.one("status"), "4")


# ---- questions ----

def asking(echo="1"):
    def play(connection, fields, _):
        connection.send(op="prompt", id="p1", request="r1", text="why? ", echo=echo)
        answer = connection.read()
        agent.seen.append(answer)
        if "value" in answer:
            connection.send(op="allow", grant="g1", request="r1")
        else:
            connection.send(op="deny", request="r1", message="nobody answered")
    return play


@cell
def a_question_is_answered_on_the_terminal():
    for echo, visible in (("1", True), ("0", False)):
        agent.seen.clear()
        agent.play = asking(echo)
        result = on_tty("alice", "sudo id -u; echo rc=$?", lambda expect, send: (expect("why? "), time.sleep(.2), send("because\n")))
        assert "rc=0" in result.out, result
        same("because" in result.out, visible)
        same(agent.of("answer")[0], {"v": ["1"], "op": ["answer"], "id": ["p1"], "value": ["because"]})
        assert check().one("tty").startswith("/dev/pts/")
        same(check().one("interactive"), "1")


@cell
def without_a_terminal_a_question_is_cancelled():
    agent.play = asking()
    for command in ("sudo id", "sudo -n id"):
        agent.seen.clear()
        same(run_as("alice", command).__dict__, {"rc": 1, "out": "", "err": "kepm: nobody answered\n"})
        same(agent.of("answer")[0], {"v": ["1"], "op": ["answer"], "id": ["p1"], "cancelled": ["1"]})


@cell
def standard_input_answers_with_S():
    agent.play = asking()
    same(run_as("alice", "sudo -S id -u", stdin="because\n").out, "0\n")
    same(agent.of("answer")[0].one("value"), "because")


@cell
def noninteractive_on_a_terminal_is_cancelled():
    agent.play = asking()
    result = on_tty("alice", "sudo -n id; echo rc=$?", lambda expect, send: None)
    same(result.out, "kepm: nobody answered\nrc=1\n")


@cell
def interrupt_at_a_question_cancels_it():
    agent.play = asking()
    result = on_tty("alice", "sudo id; echo rc=$?", lambda expect, send: (expect("why? "), time.sleep(.2), send("\x03")))
    same(agent.of("answer")[0].one("cancelled"), "1")
    assert "uid=" not in result.out, result
    print("      ^C at a question shows:", repr(result.out), "rc", result.rc)


@cell
def an_allow_that_waited_for_no_answer_is_old():
    """Decided while a person was still asked: it counts no more when the answer comes, and policy is asked anew."""
    calls = []

    def play(connection, fields, _):
        calls.append(1)
        connection.send(op="prompt", id="p1", request="r1", text="why? ", echo="1")
        if len(calls) == 1:
            connection.send(op="allow", grant="g1", request="r1")
            time.sleep(3)
        else:
            connection.read()
            connection.send(op="deny", request="r1", message="denied by now")
    agent.play = play
    result = on_tty(
        "alice", "sudo id; echo rc=$?",
        lambda expect, send: (expect("why? "), time.sleep(.5), send("late\n"), expect("why? "), time.sleep(.2), send("again\n")))
    assert "uid=" not in result.out and "denied by now" in result.out, result
    same(len(calls), 2)


@cell
def interrupt_at_a_notice_is_no_answer():
    def play(connection, fields, _):
        connection.send(op="prompt", id="acknowledge", request="r1", text="soon denied: Enter ", echo="1")
        agent.seen.append(connection.read())
        connection.send(op="allow", grant="g1", request="r1")
    agent.play = play
    result = on_tty("alice", "sudo id; echo rc=$?", lambda expect, send: (expect("Enter "), time.sleep(.2), send("\x03")))
    assert "uid=" not in result.out, result


def waiting(connection, fields, _):
    connection.send(op="info", request="r5", text="waiting for approval")
    for _ in range(8):
        time.sleep(1)
        connection.send(op="wait")


@cell
def interrupt_while_waiting_refuses():
    agent.play = waiting
    start = time.time()
    result = on_tty("alice", "sudo id; echo rc=$?", lambda expect, send: (expect("waiting"), time.sleep(.3), send("\x03")))
    assert time.time() - start < 5 and "uid=" not in result.out, result
    print("      ^C while waiting shows:", repr(result.out), "rc", result.rc)


@cell
def terminate_while_waiting_refuses():
    agent.play = waiting
    result = run_as("alice", "sudo id & sleep 1; kill -TERM $!; wait $!; echo rc=$?")
    assert "uid=" not in result.out, result
    print("      SIGTERM while waiting:", result)


@cell
def keep_alive_holds_longer_than_the_silence():
    def play(connection, fields, _):
        for _ in range(3):
            time.sleep(4.5)
            connection.send(op="wait")
        connection.send(op="allow", grant="g1", request="r1")
    agent.play = play
    same(run_as("alice", "sudo -n id -u").out, "0\n")


# ---- an agent that can't be reached ----

UNDECIDED = r"kepm: refused: the agent did not decide \(.*\)\nkepm: try again in a minute; .*`kepm doctor`\n"
REFUSED = r"kepm: refused: the agent is not reachable \(.*\)\nkepm: try again in a minute; .*`kepm doctor`\n"


def refused(result, text=REFUSED):
    assert result.rc == 1 and result.out == "" and re.fullmatch(text, result.err), result


@cell
def down_refuses_the_governed_and_lets_others_go():
    agent.stop()
    result = run_as("alice", "sudo -n id")
    print("     ", result.err.replace("\n", " | "))
    refused(result)
    refused(run_as("dave", "sudo -n id"))
    same(run_as("bob", "sudo -n id -u").__dict__, {"rc": 0, "out": "0\n", "err": ""})
    assert logged('event="UNASKED_REFUSED" user="alice"') and logged('event="UNASKED_OWN_RIGHT" user="bob"')
    same(subprocess.run(["sudo", "-n", "id", "-u"], capture_output=True, text=True).stdout, "0\n")


@cell
def others_are_denied_when_the_file_says_so():
    agent.stop()
    for text, rc in (("othersWhenDown = deny\n", 1), ("othersWhenDown = os\n", 0), ("othersWhenDown = yes\n", 1)):
        write("/etc/kepm/plugin.conf", text)
        same((text, run_as("bob", "sudo -n id").rc), (text, rc))
    write("/etc/kepm/plugin.conf", "# x\ngoverned_groups = corp, other\n")
    refused(run_as("erin", "sudo -n id"))
    refused(run_as("alice", "sudo -n id"))
    same(subprocess.run(["sudo", "-n", "id", "-u"], capture_output=True, text=True).stdout, "0\n")


HANGING = """#include <nss.h>
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
/* Hangs for a child of sudo only: sudo's own look-ups are not what is tried. */
static void hang(void) {
    char path[64], name[32] = "";
    snprintf(path, sizeof path, "/proc/%d/comm", getppid());
    FILE *in = fopen(path, "r");
    if (in && fgets(name, sizeof name, in) && !strcmp(name, "sudo\\n")) sleep(60);
    if (in) fclose(in);
}
enum nss_status _nss_hang_initgroups_dyn(const char *u, gid_t g, long *s, long *z, gid_t **p, long l, int *e) {
    (void)u, (void)g, (void)s, (void)z, (void)p, (void)l, (void)e; hang(); return NSS_STATUS_NOTFOUND;
}
"""


@cell
def a_hanging_directory_service_is_governed_after_two_seconds():
    agent.stop()
    write("/tmp/hang.c", HANGING)
    directory = sh("dirname $(ldconfig -p | grep -o '/.*libc.so.6' | head -1)").stdout.strip()
    built = sh(f"gcc -shared -fPIC -o {directory}/libnss_hang.so.2 /tmp/hang.c")
    if built.returncode != 0:
        return print("      not tried: no compiler here")
    with open("/etc/nsswitch.conf") as source:
        before = source.read()
    write("/etc/nsswitch.conf", re.sub(r"(?m)^group:.*$", "group: files hang\ninitgroups: files [SUCCESS=continue] hang", before))
    start = time.time()
    result = run_as("bob", "sudo -n id")
    took = time.time() - start
    write("/etc/nsswitch.conf", before)
    assert result.rc == 1 and "could not be looked up" in result.err, result
    assert 1.9 < took < 4, took


@cell
def break_glass_is_loud():
    agent.stop()
    write("/etc/kepm/plugin.conf", "breakglass_users = zoe, carol\n")
    result = run_as("carol", "sudo -n id -u")
    assert result.rc == 0 and result.out == "0\n" and "kepm: BREAK-GLASS: the agent is not reachable" in result.err, result
    (line,) = logged('event="BREAK_GLASS"')
    assert line.startswith("<81>"), line
    assert re.search(r'kepm: event="BREAK_GLASS" user="carol" uid="\d+" pid="\d+" why=".*" runas="root" cwd="/tmp" '
                     r'command="/usr/bin/id" argv="id -u"', line), line
    refused(run_as("alice", "sudo -n id"))


@cell
def what_ran_unasked_waits_for_the_agent_as_a_record():
    agent.stop()
    spool = "/var/lib/kepm/spool/audit"
    write("/etc/kepm/plugin.conf", "breakglass_users = carol\n")
    assert run_as("carol", "sudo -n id -u").rc == 0  # there is no folder: the system log alone has it
    assert logged("NOT_SPOOLED")
    os.makedirs(spool, mode=0o700)
    assert run_as("carol", ["sudo", "-n", "echo", 'a"b\\c\n\x1bé']).rc == 0
    assert run_as("bob", "sudo -n id -u").rc == 0
    names = sorted(os.listdir(spool))
    assert len(names) == 2 and all(re.fullmatch(r"sudo-\d+-\d+-\d+\.jsonl", name) for name in names), names
    records = [json.loads(open(f"{spool}/{name}").read()) for name in names]
    same([(r["audit_event_type"], r["outcome"], r["user_info"]["name"]) for r in records],
         [("ELEVATION_STARTED", "BREAK_GLASS", "carol"), ("ELEVATION_STARTED", "OWN_RIGHT", "bob")])
    same(records[0]["target_info"], {"path": "/usr/bin/echo", "argv": ["echo", 'a"b\\c\n\x1bé'], "run_as": "root"})
    assert all(os.stat(f"{spool}/{name}").st_mode & 0o777 == 0o600 for name in names)
    os.chmod(spool, 0o777)  # others could have written there
    assert run_as("carol", "sudo -n id").rc == 0
    same(len(os.listdir(spool)), 2)
    sh("rm -rf /var/lib/kepm")


@cell
def what_the_plugin_refused_waits_for_the_agent_as_a_record_and_takes_no_room_of_others():
    agent.stop()
    spool = "/var/lib/kepm/spool/audit"
    os.makedirs(spool, mode=0o700)
    uid = pwd.getpwnam("alice").pw_uid

    def waiting(word):
        return sorted(name for name in os.listdir(spool) if word in name)

    def record(name):
        return json.loads(open(f"{spool}/{name}").read())

    refused(run_as("alice", "sudo -n id"))
    write("/etc/kepm/plugin.conf", "othersWhenDown = deny\n", 0o666)
    os.chmod("/etc/kepm/plugin.conf", 0o666)
    refused(run_as("alice", "sudo -n id -u"))
    os.unlink("/etc/kepm/plugin.conf")
    names = waiting("-refused-")
    assert len(names) == 2 and all(re.fullmatch(rf"sudo-\d+-\d+-\d+-refused-{uid}\.jsonl", name) for name in names), names
    first, second = record(names[0]), record(names[1])
    same((first["audit_event_type"], first["outcome"], first["details"], first["user_info"]),
         ("ELEVATION_REFUSED", "REFUSED", {"event": "UNASKED_REFUSED"}, {"name": "alice", "uid": uid}))
    same(first["target_info"], {"path": "/usr/bin/id", "argv": ["id"], "run_as": "root"})
    assert "plugin.conf is ignored: " in second["reason"], second
    # At once, so that each may see the room that the others take.
    run_as("alice", "for i in $(seq 40); do sudo -n id 2>/dev/null & done; wait", timeout=120)
    same(len(waiting("-refused-")), 20)
    same(os.path.getsize(f"{spool}/refused.more"), 2 + 40 - 20)
    assert os.stat(f"{spool}/refused.more").st_mode & 0o777 == 0o600
    refused(run_as("carol", "sudo -n id"))
    same(len(waiting("-refused-")), 21)
    for i in range(79):
        write(f"{spool}/sudo-1-1-{i}-refused-77.jsonl.new", "")  # killed half way
    refused(run_as("carol", "sudo -n id"))
    same((len(waiting("-refused-")), os.path.getsize(f"{spool}/refused.more")), (100, 23))
    assert run_as("bob", "sudo -n id -u").rc == 0
    same([record(name)["outcome"] for name in waiting("sudo-") if "-refused-" not in name], ["OWN_RIGHT"])
    os.truncate(f"{spool}/refused.more", 1 << 20)
    refused(run_as("alice", "sudo -n id"))
    same(os.path.getsize(f"{spool}/refused.more"), 1 << 20)
    sh(f"rm {spool}/*; ln -s /tmp/elsewhere {spool}/refused.more; for i in $(seq 20); do :> {spool}/x-refused-{uid}.jsonl$i; done")
    refused(run_as("alice", "sudo -n id"))
    assert logged("NOT_SPOOLED") and not os.path.exists("/tmp/elsewhere")
    sh("rm -rf /var/lib/kepm")


@cell
def what_is_refused_without_asking_is_a_record_too():
    spool = "/var/lib/kepm/spool/audit"
    os.makedirs(spool, mode=0o700)
    asked = []
    agent.play = lambda connection, fields, _: (asked.append(realuid(connection)), connection.send(op="deny", message="no"))
    refused_alone = run_as("alice", ["sudo", "-n", "echo"] + ["x" * 100000] * 12)
    assert refused_alone.rc == 1 and asked == [], (refused_alone, asked)
    (name,) = os.listdir(spool)
    record = json.loads(open(f"{spool}/{name}").read())
    same((record["outcome"], record["details"]["event"]), ("REFUSED", "REQUEST_MALFORMED"))
    assert run_as("alice", "sudo -n id").rc == 1
    same(asked, [pwd.getpwnam("alice").pw_uid])  # the agent's limits go by whose it is
    same(len(os.listdir(spool)), 1)  # the agent has the record of what it refused
    sh("rm -rf /var/lib/kepm")


def realuid(connection):
    pid, _, _ = struct.unpack("3i", connection.sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
    return int(re.search(r"(?m)^Uid:\t(\d+)", open(f"/proc/{pid}/status").read())[1])


@cell
def an_unsafe_file_opens_no_break_glass():
    agent.stop()
    path = "/etc/kepm/plugin.conf"
    text = "breakglass_users = carol\nothersWhenDown = deny\n"
    unsafe = {"group write": f"chmod 664 {path}", "owner": f"chown bob {path}", "parent": "chmod 777 /etc/kepm",
              "link": f"mv {path} /etc/kepm/x; ln -s x {path}", "fifo": f"rm {path}; mkfifo -m 600 {path}"}
    for name, command in unsafe.items():
        write(path, text)
        assert run_as("carol", "sudo -n id").rc == 0
        log_lines.clear()
        sh(command)
        refused(run_as("carol", "sudo -n id"))
        same((name, run_as("bob", "sudo -n id").rc), (name, 0))
        assert logged("PLUGIN_CONF_IGNORED"), name
        sh(f"chmod 755 /etc/kepm; rm -f {path} /etc/kepm/x")


@cell
def malformed_answers_are_no_answer():
    bad = {"unknown op": frame(op="maybe"), "no op": frame(v="1"), "other version": frame(op="allow", v="2", grant="g"),
           "allow without grant": frame(op="allow"), "empty": b"\0\0\0\0", "huge": b"\xff\xff\xff\xff",
           "above 1 MiB": b"\0\x10\0\x01", "no NUL": b"\0\0\0\x08op=allow", "no key": b"\0\0\0\x02=\0",
           "two ops": b"\0\0\0\x11op=deny\0op=allow\0"[:4] + b"op=deny\0op=allow\0", "cut": b"\0\0\0\x20op=al",
           "bad id": frame(op="allow", grant="g 1"), "long id": frame(op="allow", grant="g" * 200), "gone": b""}
    write("/etc/kepm/plugin.conf", "breakglass_users = carol\n")
    for name, data in bad.items():
        agent.play = answers(data)
        for user in ("alice", "carol"):
            refused(run_as(user, "sudo -n id"), UNDECIDED)
        same((name, run_as("bob", "sudo -n id -u").out), (name, "0\n"))


@cell
def a_silent_agent_is_unreachable_after_ten_seconds():
    agent.play = lambda connection, fields, _: time.sleep(15)
    start = time.time()
    refused(run_as("alice", "sudo -n id"))
    assert 9.5 < time.time() - start < 12, time.time() - start


@cell
def a_full_backlog_is_unreachable():
    agent.stop()
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    sock.bind(SOCKET)
    sock.listen(0)
    fillers = []
    for _ in range(3):
        filler = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        filler.setblocking(False)
        filler.connect_ex(SOCKET)
        fillers.append(filler)
    start = time.time()
    refused(run_as("alice", "sudo -n id"))
    assert 9 < time.time() - start < 13
    start = time.time()
    same(subprocess.run(["sudo", "-n", "true"]).returncode, 0)
    assert time.time() - start < 1
    sock.close()


@cell
def an_answerer_that_is_not_root_is_nobody():
    agent.stop()
    code = f"""import socket, time
s = socket.socket(socket.AF_UNIX); s.bind({SOCKET!r}); s.listen(5); print(flush=True)
while True:
    c, _ = s.accept(); c.sendall({frame(op='allow', grant='g')!r}); c.close()"""
    os.chmod("/run/keeper", 0o777)
    bob = pwd.getpwnam("bob")
    rogue = subprocess.Popen(["/usr/bin/python3", "-c", code], user=bob.pw_uid, group=bob.pw_gid, stdout=subprocess.PIPE,
                             stderr=subprocess.DEVNULL)
    rogue.stdout.readline()
    refused(run_as("alice", "sudo -n id"))
    rogue.kill()
    rogue.wait()
    os.chmod("/run/keeper", 0o755)
    (line,) = logged("ROGUE_AGENT")
    assert line.startswith("<81>"), line


@cell
def a_broken_connection_is_resumed_with_the_request():
    def play(connection, fields, _):
        if fields.one("request") is None:
            connection.send(op="info", request="r77", text="waiting")
            connection.close()
            agent.stop()
            threading.Timer(1.5, agent.start).start()
        else:
            connection.send(op="allow", grant="g1", request="r77")
    agent.play = play
    same(run_as("alice", "sudo -n id -u").out, "0\n")
    first, second = agent.wait_for("check", 2)
    same(second.one("request"), "r77")
    same(second.fds, 1)


@cell
def an_agent_that_is_restarted_slowly_is_waited_for_and_the_person_told():
    def play(connection, fields, _):
        if fields.one("request") is None:
            connection.send(op="info", request="r77", text="waiting")
            connection.close()
            agent.stop()
            threading.Timer(12, agent.start).start()
        else:
            connection.send(op="allow", grant="g1", request="r77")
    agent.play = play
    result = run_as("alice", "sudo -n id -u")
    same(result.out, "0\n")
    same(result.err.count("the agent is gone; waiting for it"), 1)


@cell
def interrupt_while_the_agent_is_gone_refuses_at_once():
    def play(connection, fields, _):
        connection.send(op="info", request="r77", text="waiting")
        connection.close()
        agent.stop()
    agent.play = play
    start = time.time()
    result = on_tty("alice", "sudo id; echo rc=$?", lambda expect, send: (expect("agent is gone"), send("\x03")))
    assert time.time() - start < 5 and "uid=" not in result.out and "r77" in result.out, result


@cell
def an_agent_that_stays_away_is_unreachable_after_a_minute():
    def play(connection, fields, _):
        connection.send(op="info", request="r77", text="waiting")
        connection.close()
        agent.stop()
    agent.play = play
    start = time.time()
    result = run_as("alice", "sudo -n id", timeout=90)
    assert result.rc == 1 and "not reachable" in result.err and 59 < time.time() - start < 65, result


@cell
def stopping_the_process_opens_nothing():
    write("/etc/kepm/plugin.conf", "breakglass_users = carol\n")
    calls = []

    def play(connection, fields, _):
        calls.append(1)
        if len(calls) == 1:
            time.sleep(12)
        else:
            connection.send(op="deny", message="no")
    agent.play = play
    result = run_as("carol", "sudo -n id & sleep .5; kill -STOP $!; sleep 11; kill -CONT $!; wait $!")
    same((result.rc, result.err), (1, "kepm: no\n"))


@cell
def an_allow_is_not_kept_for_later():
    calls = []

    def play(connection, fields, _):
        calls.append(1)
        if len(calls) == 1:
            time.sleep(1)
            connection.send(op="allow", grant="g1", request="r1")
        else:
            connection.send(op="deny", message="no")
    agent.play = play
    result = run_as("alice", "sudo -n id & sleep .5; kill -STOP $!; sleep 2; kill -CONT $!; wait $!")
    same((result.rc, result.out, result.err), (1, "", "kepm: no\n"))
    same([f.one("request") for f in agent.of("check")], [None, "r1"])


@cell
def an_agent_that_hangs_up_once_is_asked_once_more():
    def play(connection, fields, _):
        if len(agent.of("check")) > 1:
            connection.send(op="allow", grant="g1", request="r1")
    agent.play = play
    same(run_as("alice", "sudo -n id -u").out, "0\n")
    same(len(agent.of("check")), 2)


@cell
def many_at_once():
    results = []
    threads = [threading.Thread(target=lambda: results.append(run_as("alice", "sudo -n id -u").out)) for _ in range(40)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    same(results, ["0\n"] * 40)


# ---- uid 0 ----

@cell
def root_is_answered_locally_and_noted():
    agent.play = answers(dict(op="deny", message="no"))
    done = subprocess.run(["sudo", "-n", "-u", "bob", "id", "-un"], capture_output=True, text=True)
    same((done.returncode, done.stdout, done.stderr), (0, "bob\n", ""))
    (note,) = agent.wait_for("root")
    same([note.one(k) for k in ("v", "user", "uid", "command", "runas_user", "fd")], ["1", "root", "0", "/usr/bin/id", "bob", "0"])
    same(note["argv"], ["id", "-un"])
    same(agent.of("check") + agent.of("close"), [])


# ---- sudo's own log ----

@cell
def sudo_still_writes_its_own_log():
    run_as("alice", "sudo -n id")
    assert logged(r"alice : .*COMMAND=/usr/bin/id"), log_lines
    agent.play = answers(dict(op="deny", message="no"))
    run_as("alice", "sudo -n env")
    lines = logged(r"alice : .*COMMAND=/usr/bin/env")
    print("      sudo's log of a refusal:", lines)


# ---- the second gate ----

GATE = "/usr/libexec/kepm/pam_kepm_gate.so"
PAM_LINE = f"account requisite {GATE}\n"


def with_gate(body, conf=LINES):
    with open("/etc/pam.d/sudo") as source:
        before = source.read()
    write("/etc/pam.d/sudo", before.replace("#%PAM-1.0\n", "#%PAM-1.0\n" + PAM_LINE))
    write("/etc/sudo.conf", conf)
    try:
        body()
    finally:
        write("/etc/pam.d/sudo", before)
        write("/etc/sudo.conf", LINES)


@cell
def the_gate_lets_the_governed_through_with_the_plugin():
    def body():
        same(run_as("alice", "sudo -n id -u").__dict__, {"rc": 0, "out": "0\n", "err": ""})
        same(run_as("bob", "sudo -n id -u").out, "0\n")
        same(run_as("bob", "sudo -n -u alice id -un").out, "alice\n")
        same(subprocess.run(["sudo", "-n", "id", "-u"], capture_output=True, text=True).stdout, "0\n")
    with_gate(body)


@cell
def the_gate_refuses_the_governed_without_the_plugin():
    def body():
        result = run_as("alice", "sudo -n id")
        print("     ", repr(result))
        assert result.rc == 1 and result.out == "" and "kepm: refused: `/usr/libexec/kepm/kepm_sudo.so` is not loaded" in result.err
        assert logged('GATE_REFUSED.*user="alice" service="sudo" standing="governed"')
        assert run_as("dave", "sudo -n id").rc == 1
        same(run_as("bob", "sudo -n id -u").__dict__, {"rc": 0, "out": "0\n", "err": ""})
        same(run_as("erin", "sudo -n id -u").out, "0\n")
        same(subprocess.run(["sudo", "-n", "id", "-u"], capture_output=True, text=True).stdout, "0\n")
        same(agent.seen, [])
    with_gate(body, "")


@cell
def the_gate_refuses_a_plugin_that_others_can_change():
    def body():
        for spoil, repair in ((f"chown bob {PLUGIN}", f"chown root {PLUGIN}"), (f"chmod 666 {PLUGIN}", f"chmod 644 {PLUGIN}"),
                              ("chmod 777 /usr/libexec/kepm", "chmod 755 /usr/libexec/kepm")):
            sh(spoil)
            result = run_as("alice", "sudo -n id")
            sh(repair)
            assert result.rc == 1 and "kepm: refused" in result.err, (spoil, result)
        assert run_as("alice", "sudo -n id").rc == 0
    with_gate(body)


@cell
def the_gate_refuses_the_governed_in_a_sudo_without_plugins():
    if not os.path.exists("/usr/bin/sudo-rs"):
        return print("      not tried: no sudo-rs here")

    same(run_as("alice", "sudo-rs -n id -u").out, "0\n")  # the hole

    def body():
        result = run_as("alice", "sudo-rs -n id -u")
        print("     ", repr(result))
        assert result.rc == 1 and result.out == "", result
        assert logged('GATE_REFUSED.*user="alice" service="sudo"')
        assert run_as("dave", "sudo-rs -n id").rc == 1
        same(run_as("bob", "sudo-rs -n id -u").out, "0\n")
        same(run_as("bob", "sudo-rs -n -u alice id -un").out, "alice\n")
        same(subprocess.run(["sudo-rs", "-n", "id", "-u"], capture_output=True, text=True).stdout, "0\n")
    with_gate(body)


@cell
def the_gate_judges_whoever_asks():
    """Also with a password rule and with `targetpw`, where PAM_USER is the target."""
    def body():
        same(run_as("alice", "sudo -S id -u", stdin="x\n").rc, 1)
        write("/etc/sudoers.d/zz", "Defaults:alice targetpw, !pam_ruser\n", 0o440)
        assert run_as("alice", "sudo -n id").rc == 1
        os.unlink("/etc/sudoers.d/zz")
        same(agent.seen, [])
    with_gate(body, "")


@cell
def an_audit_line_alone_is_not_enough():
    def body():
        result = run_as("alice", "sudo -n id")
        print("     ", repr(result))
        assert result.rc == 1 and result.out == "" and "no line `Plugin kepm_approval`" in result.err, result
        same(run_as("bob", "sudo -n id -u").out, "0\n")
        same(run_as("alice", "sudo -n -l").rc, 0)
        same(subprocess.run(["sudo", "-n", "id", "-u"], capture_output=True, text=True).stdout, "0\n")
    with_gate(body, "".join(l for l in LINES.splitlines(True) if "kepm_approval" not in l))


# ---- canary ----

@cell
def the_canary_leaves_a_mark_only_as_root():
    nonce = "ab" * 32
    same(run_as("alice", f"/usr/libexec/kepm/canary {nonce}").rc, 0)
    assert not os.path.exists(MARK)
    agent.play = answers(dict(op="deny", message="canary"))
    same(run_as("alice", f"sudo -n /usr/libexec/kepm/canary {nonce}").rc, 1)
    same(check()["argv"], ["/usr/libexec/kepm/canary", nonce])
    assert not os.path.exists(MARK)
    agent.play = answers(dict(op="allow", grant="g", request="r"))
    for argument, content in ((nonce, nonce), ("x", "invalid"), ("", "invalid")):
        same(run_as("alice", f"sudo -n /usr/libexec/kepm/canary {argument}").rc, 0)
        same((open(MARK).read(), os.stat(MARK).st_mode & 0o777), (content, 0o600))
    os.unlink(MARK)
    os.symlink("/etc/target", MARK)
    same(run_as("alice", f"sudo -n /usr/libexec/kepm/canary {nonce}").rc, 1)
    os.unlink(MARK)
    assert not os.path.exists("/etc/target")


def cost():
    """Rough, interleaved, the agent in a process of its own: `sudo -n true` in ms, as alice."""
    agent.stop()
    if os.fork() == 0:
        agent.start()
        time.sleep(600)
    variants = {"plain": "", "approval": LINES.splitlines(True)[0], "approval + audit": LINES}
    samples = {name: [] for name in variants}
    alice = pwd.getpwnam("alice")
    groups = os.getgrouplist("alice", alice.pw_gid)
    time.sleep(.5)
    for _ in range(200):
        for name, text in variants.items():
            write("/etc/sudo.conf", text)
            start = time.perf_counter()
            subprocess.run(["/usr/bin/sudo", "-n", "true"], user=alice.pw_uid, group=alice.pw_gid, extra_groups=groups, check=True)
            samples[name].append((time.perf_counter() - start) * 1000)
    for name, values in samples.items():
        values.sort()
        print(f"  {name}: median {values[len(values) // 2]:.2f} ms, p95 {values[int(len(values) * .95)]:.2f} ms, min {values[0]:.2f} ms")


def reset():
    agent.play = answers(dict(op="allow", grant="g1", request="r1"))
    agent.start()
    agent.seen.clear()
    log_lines.clear()
    for path in ("/etc/kepm/plugin.conf", MARK):
        if os.path.lexists(path):
            os.unlink(path)


def main():
    prepare()
    if "--shell" in sys.argv:
        reset()
        os.execv("/bin/bash", ["bash"])
    word = sys.argv[sys.argv.index("-k") + 1] if "-k" in sys.argv else ""
    failed = 0
    for function in cells:
        if word not in function.__name__:
            continue
        reset()
        try:
            function()
            print("ok   ", function.__name__, flush=True)
        except Exception:
            failed += 1
            print("FAIL ", function.__name__, flush=True)
            traceback.print_exc(file=sys.stdout)
    if "--cost" in sys.argv:
        reset()
        cost()
    print(f"{failed} failed", flush=True)
    os._exit(1 if failed else 0)


main()
