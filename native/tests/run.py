"""kepm-run and the one that runs its command, with real programs and terminals; this file is the agent in between."""
import array
import fcntl
import json
import os
import pathlib
import pty
import select
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import threading
import time

RUN, SUPERVISE = map(os.path.abspath, sys.argv[1:3])
failures = []
PATIENCE = 60  # seconds for what has to come: a busy machine takes its time
STREAMS = ("folder", "in", "out", "err", "control")


def check(holds, claim):
    if not holds:
        failures.append(claim)
        print("run.py: not so:", claim)


def frame(*fields):
    payload = b"".join(field.encode("utf-8", "surrogateescape") + b"\0" for field in fields)
    return struct.pack(">I", len(payload)) + payload


class Peer:
    def __init__(self, sock):
        self.sock = sock

    def take(self, count, fds):
        data = b""
        while len(data) < count:
            chunk, control, _, _ = self.sock.recvmsg(count - len(data), socket.CMSG_SPACE(64))
            for level, kind, raw in control:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    numbers = array.array("i")
                    numbers.frombytes(raw[: len(raw) - len(raw) % 4])
                    fds += list(numbers)
            if not chunk:
                raise EOFError
            data += chunk
        return data

    def read(self):
        fds = []
        payload = self.take(struct.unpack(">I", self.take(4, fds))[0], fds)
        fields = {}
        for part in payload.decode("utf-8", "surrogateescape").split("\0")[:-1]:
            key, _, value = part.partition("=")
            fields.setdefault(key, []).append(value)
        return fields, fds

    def say(self, *fields):
        self.sock.sendall(frame("v=1", *fields))


class Agent:
    """Allows what it is asked, and starts the supervisor as PID 1 does: in a session of its own, with a socket."""

    def __init__(self, folder):
        self.path = folder / "run.sock"
        self.order = {}
        self.before = None
        self.program = None
        self.words = []
        self.asked = None
        self.supervisor = None
        self.gives_up = False
        self.idle = threading.Event()
        self.idle.set()
        self.recorded, self.stops_recording = [], b"\0nothing"
        self.talk = self.allow
        self.listener = socket.socket(socket.AF_UNIX)
        self.listener.bind(str(self.path))
        os.chmod(self.path, 0o666)
        self.listener.listen(8)
        try:
            self.listener.setsockopt(socket.SOL_SOCKET, 83, 0)  # SO_PASSRIGHTS
        except OSError:
            pass  # a kernel before 6.16
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                sock, _ = self.listener.accept()
            except OSError:
                return  # closed: the last test
            self.idle.clear()
            try:
                self.serve_one(Peer(sock))
            except (EOFError, OSError) as fault:
                self.words.append({"op": ["gone"], "text": [str(fault)]})
            sock.close()
            self.idle.set()

    def serve_one(self, client):
        self.asked, fds = client.read()
        self.client = client
        self.talk(client, fds)
        for fd in fds:
            os.close(fd)

    def allow(self, client, fds):
        check(fds == [], "nothing is passed to the agent")
        if self.before is not None:
            self.before(client)
        ours, theirs = socket.socketpair()
        started = subprocess.Popen([SUPERVISE], stdin=theirs, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                                   start_new_session=True, env={})
        theirs.close()
        self.supervisor, agent = started, Peer(ours)
        hello, _ = agent.read()
        check(hello["op"] == ["hello"] and hello["pid"] == [str(started.pid)], "the supervisor says who it is")
        argv = self.asked["argv"]
        program = os.open(self.program or (argv[0] if argv[0].startswith("/") else "/usr/bin/" + argv[0]), os.O_RDONLY)
        pid, uid, _ = struct.unpack("3i", client.sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))
        given = {"caller": uid, "client": pid, "folder": os.readlink(f"/proc/{pid}/cwd"), "uid": 0, "gid": 0, "group": [0], "login": 1001, "no_exec": 0, "record": 0,
                 "background": int(self.asked["background"][0]), "env": ["PATH=/usr/bin:/bin"], **self.order}
        words = ["v=1", "op=order"]
        for key, value in given.items():
            words += [f"{key}={each}" for each in (value if isinstance(value, list) else [value])]
        data = frame(*words, *(f"argv={word}" for word in argv))
        askers, supervisors = socket.socketpair()
        sinks = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET) if given["record"] else ()
        passed = array.array("i", [program, supervisors.fileno(), *(sink.fileno() for sink in sinks[1:])])
        ours.sendmsg([data[:4]], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
        ours.sendall(data[4:])
        supervisors.close()
        if sinks:
            sinks[1].close()
            threading.Thread(target=self.take_down, args=[sinks[0]], daemon=True).start()
        client.sock.sendmsg([frame("v=1", "op=streams")],
                            [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [askers.fileno()]))])
        askers.close()
        os.close(program)
        if self.gives_up:
            ours.close()
            time.sleep(0.5)  # it has taken its precautions before the client hangs up
            client.say("op=deny", "code=fault", "message=it could not be started")
            started.wait()
            return
        word, _ = agent.read()
        self.words.append(word)
        if word["op"] != ["running"]:
            client.say("op=deny", "code=fault", "message=" + word["text"][0])
            return
        try:
            client.say("op=allow", "grant=g1", "request=r1")
        except OSError:
            pass  # gone already: its command hears of that by itself
        try:
            self.words.append(agent.read()[0])
        except EOFError:
            self.words.append({"op": ["gone"]})
            client.say("op=end", "message=the grant was taken back")
        started.wait()
        ours.close()

    def take_down(self, sink):
        while message := sink.recv(1 << 16):
            self.recorded.append((message[:1], int.from_bytes(message[1:9], "big"), message[9:]))
            if self.stops_recording in message:
                break
        sink.close()

    def shown(self):
        return b"".join(data for kind, _, data in self.recorded if kind == b"o")

    def until_running(self, seconds=PATIENCE):
        end = time.time() + seconds
        while time.time() < end and not self.words:
            time.sleep(0.01)

    def last(self, seconds=PATIENCE):
        end = time.time() + seconds
        while time.time() < end and (not self.words or self.words[-1]["op"] == ["running"]):
            time.sleep(0.01)
        return self.words[-1] if self.words else {}

    def expect(self, program=None, **order):
        self.idle.wait(PATIENCE)  # the last words of the test before are none of this one
        self.program, self.order, self.words, self.before, self.talk = program, order, [], None, self.allow
        self.recorded, self.stops_recording = [], b"\0nothing"


def run(agent, *words, said=b"", **more):
    process = subprocess.Popen([RUN, *words], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                               cwd=agent.path.parent, **more)
    out, err = process.communicate(said, timeout=2 * PATIENCE)
    return process.returncode, out.decode(), err.decode()


TELL = """
import fcntl, json, os, signal, sys
status = dict(line.rstrip().split(":\\t", 1) for line in open("/proc/self/status") if ":\\t" in line)
mask = os.umask(0)
print(json.dumps({"uids": os.getresuid(), "gids": os.getresgid(), "groups": sorted(os.getgroups()), "umask": mask,
    "files": sorted(int(n) for n in os.listdir("/proc/self/fd") if os.path.exists("/proc/self/fd/" + n)),
    "ignored": status["SigIgn"], "blocked": status["SigBlk"], "cap": status["CapEff"], "cwd": os.getcwd(),
    "env": dict(os.environ), "login": open("/proc/self/loginuid").read() if os.path.exists("/proc/self/loginuid") else "",
    "tty": os.ttyname(0) if os.isatty(0) else ""}))
"""


def ab_13_nothing_is_inherited_from_whoever_asked(agent):
    agent.expect(uid=1234, gid=1235, group=[1235, 7], env=["PATH=/usr/bin", "A=b"])
    leak = os.open("/etc/passwd", os.O_RDONLY)
    code, out, err = run(agent, "python3", "-c", TELL, pass_fds=[leak], env={"LD_PRELOAD": "/nonexistent", "TERM": "dumb", "PS4": "x"},
                         preexec_fn=lambda: (os.umask(0), signal.signal(signal.SIGHUP, signal.SIG_IGN)), restore_signals=False)
    os.close(leak)
    check(code == 0, f"it runs: {code} {err}")
    told = json.loads(out or "{}")
    check(told["uids"] == [1234] * 3 and told["gids"] == [1235] * 3 and told["groups"] == [7, 1235], f"rights: {told}")
    check(told["umask"] == 0o22, f"umask: {told['umask']:o}")
    check(told["files"] == [0, 1, 2], f"three open files: {told['files']}")
    check(int(told["ignored"], 16) & 1 == 0 and int(told["blocked"], 16) == 0, "signals are as at first")
    check(int(told["cap"], 16) == 0, "no capabilities")
    check({k: v for k, v in told["env"].items() if k != "LC_CTYPE"} == {"PATH": "/usr/bin", "A": "b"}, f"environment: {told['env']}")
    check(told["cwd"] == str(agent.path.parent), "it begins where it was asked for")
    check(told["login"] in ("", "1001"), f"the kernel knows who asked: {told['login']}")
    check("LD_PRELOAD=/nonexistent" not in agent.asked.get("env", []) and "TERM=dumb" in agent.asked["env"], "only some variables are offered")
    last = agent.last()
    check(last["op"] == ["ended"] and last["how"] == ["exit"] and last["status"] == ["0"], f"its end is told: {last}")


def ends_are_the_commands_own(agent):
    agent.expect()
    check(run(agent, "sh", "-c", "exit 7")[0] == 7, "exit code")
    check(run(agent, "sh", "-c", "kill -KILL $$")[0] == 137, "a signal is 128 and its number")
    code, out, _ = run(agent, "tr", "a-z", "A-Z", said=b"a pipe\n" * 50000)
    check(code == 0 and out == "A PIPE\n" * 50000, "pipes carry everything")
    agent.expect(program="/etc/passwd")
    code, _, err = run(agent, "passwd-file")
    check(code == 126 and "can't be run" in err, f"what can't be run is refused in words: {code} {err}")


def signals_and_the_end_of_the_client_reach_the_command(agent):
    agent.expect()
    script = "trap 'echo caught; exit 3' TERM; echo ready; while :; do sleep 0.05; done"
    process = subprocess.Popen([RUN, "sh", "-c", script], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=agent.path.parent)
    check(process.stdout.readline() == b"ready\n", "it is ready")
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=PATIENCE)
    check(process.returncode == 3 and out == b"caught\n", f"a signal is forwarded: {process.returncode} {out}")
    agent.expect()
    process = subprocess.Popen([RUN, "sh", "-c", "echo ready; sleep 60"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, cwd=agent.path.parent)
    process.stdout.readline()
    process.kill()
    check(agent.last().get("status") == ["1"], f"a client that is gone hangs up: {agent.last()}")
    process.wait()


def a_command_that_is_taken_away_says_so(agent):
    agent.expect()
    process = subprocess.Popen([RUN, "sh", "-c", "echo ready; sleep 60"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE, cwd=agent.path.parent)
    process.stdout.readline()
    agent.until_running()
    for _ in range(5):  # as PID 1 does with a unit: also what is started meanwhile
        subprocess.run(["pkill", "-KILL", "-s", str(agent.supervisor.pid)])
        time.sleep(0.1)
    _, err = process.communicate(timeout=PATIENCE)
    check(process.returncode == 137 and b"the grant was taken back" in err, f"the ending is clear: {process.returncode} {err}")


class Screen:
    """A person's terminal, with kepm-run on it."""

    def __init__(self, agent, *words, shell=None):
        self.seen = b""
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            os.chdir(agent.path.parent)
            os.execv(RUN, [RUN, *words]) if shell is None else os.execv("/bin/sh", ["sh", "-c", shell])
        fcntl.ioctl(self.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 33, 101, 0, 0))

    def until(self, text, seconds=PATIENCE):
        end = time.time() + seconds
        while text not in self.seen and time.time() < end:
            if select.select([self.fd], [], [], 0.1)[0]:
                try:
                    self.seen += os.read(self.fd, 4096)
                except OSError:
                    break
        return text in self.seen

    def type(self, text):
        os.write(self.fd, text)

    def end(self):
        self.until(b"\0never")  # until nobody has the terminal any more
        return os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])


def ab_12_a_terminal_is_a_fresh_one(agent):
    agent.expect(uid=1234, gid=1235, group=[1235])
    screen = Screen(agent, "python3", "-c", "import os; print(os.ttyname(0), os.getsid(0) != os.getpid(), open('/dev/tty').name, input('name? '))")
    mine = os.readlink(f"/proc/{screen.pid}/fd/0")
    check(screen.until(b"name? "), f"it asks: {screen.seen}")
    screen.type(b"alice\r")
    code = screen.end()
    check(code == 0 and b"/dev/tty alice" in screen.seen and mine.encode() + b" " not in screen.seen,
          f"another terminal than {mine}: {code} {screen.seen}")


def window_size_and_keys_reach_it(agent):
    agent.expect()
    screen = Screen(agent, "bash", "-c", "trap 'echo size $(stty size)' WINCH; trap 'echo stopped; exit 5' INT; echo ready; while :; do sleep 0.05; done")
    check(screen.until(b"ready"), f"it runs: {screen.seen}")
    fcntl.ioctl(screen.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 44, 123, 0, 0))
    check(screen.until(b"size 44 123"), f"the new size: {screen.seen}")
    screen.type(b"\x03")
    check(screen.until(b"stopped"), f"^C is the command's: {screen.seen}")
    check(screen.end() == 5, "its own exit code")


def a_stop_stops_both_and_goes_on(agent):
    agent.expect()
    screen = Screen(agent, shell=f"bash -ic '{RUN} bash -c \"echo ready; read x; echo got \\$x\"; echo stopped; fg; echo done'")
    check(screen.until(b"ready"), f"it runs: {screen.seen}")
    time.sleep(0.2)
    screen.type(b"\x1a")
    check(screen.until(b"stopped"), f"^Z gives the shell back: {screen.seen}")
    screen.type(b"word\r")
    check(screen.until(b"got word") and screen.until(b"done"), f"it goes on: {screen.seen}")
    screen.end()


def what_comes_back_from_the_background_reads_again(agent):
    agent.expect()
    screen = Screen(agent, shell=f"bash -ic '{RUN} bash -c \"echo ready; sleep 1.5; read x; echo got \\$x\" & sleep 0.5; fg; echo done'")
    check(screen.until(b"ready"), f"it runs: {screen.seen}")
    time.sleep(1.5)
    screen.type(b"word\r")
    check(screen.until(b"got word") and screen.until(b"done"), f"it reads: {screen.seen}")
    screen.end()


def in_a_pipeline_what_is_typed_is_the_commands_once_it_wants_it(agent):
    agent.expect()
    screen = Screen(agent, shell=f"{RUN} sh -c 'read x; echo got $x' | cat; echo over")
    time.sleep(0.3)
    screen.type(b"word\r")
    check(screen.until(b"got word") and screen.until(b"over"), f"{screen.seen}")
    screen.end()


def here():
    return os.open(".", os.O_PATH)


def gone():
    """In the client: a folder that has no name any more."""
    folder = os.open(".", os.O_PATH)
    os.rmdir(os.getcwd())
    return folder


def by_a_client_of_ones_own(agent, streams, until, folder=here, order=None):
    """`streams` are made where the client has a terminal, 0; what the agent says last is printed there."""
    agent.expect(**(order or {}))
    pid, fd = pty.fork()
    if pid == 0:
        os.chdir(agent.path.parent)
        sock = socket.socket(socket.AF_UNIX)
        sock.connect("run.sock")
        os.chdir(tempfile.mkdtemp(dir=agent.path.parent))
        sock.sendall(frame("v=1", "op=run", "argv=id", "background=0"))
        to = socket.socket(fileno=Peer(sock).read()[1][0])
        kept = []
        try:
            for name, numbers in zip(STREAMS, [folder(), *streams(kept)]):
                passed = array.array("i", numbers if isinstance(numbers, tuple) else [numbers])
                to.sendmsg([frame("v=1", "op=stream", "name=" + name)], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, passed)])
        except OSError:
            pass  # refused before the last
        print("said", Peer(sock).read()[0])
        os._exit(0)
    seen = b""
    end = time.time() + PATIENCE
    while b"}\r\n" not in seen and time.time() < end:
        if select.select([fd], [], [], 0.1)[0]:
            try:
                seen += os.read(fd, 4096)
            except OSError:
                break
    check(until in seen, f"refused: {seen}")
    os.waitpid(pid, 0)
    os.close(fd)


def control(kept, kind=socket.SOCK_SEQPACKET):
    kept += socket.socketpair(socket.AF_UNIX, kind)
    return kept[-1].fileno()


def somebodys_own_terminal_is_refused(agent):
    """A client of one's own making passes the terminal that it sits at."""
    by_a_client_of_ones_own(agent, lambda kept: (0, 1, 2, control(kept)), b"not a fresh one")


def a_second_terminal_beside_a_fresh_one_is_refused(agent):
    def streams(kept):
        fresh = pty.openpty()[1]
        return fresh, fresh, 2, control(kept)
    by_a_client_of_ones_own(agent, streams, b"not one alone")


def what_is_no_socket_that_keeps_words_apart_is_no_control(agent):
    null = os.open("/dev/null", os.O_RDWR)
    by_a_client_of_ones_own(agent, lambda kept: (null, null, null, null), b"`control` is not a socket")
    by_a_client_of_ones_own(agent, lambda kept: (null, null, null, control(kept, socket.SOCK_STREAM)), b"`control` is not a socket")
    os.close(null)


def ab_12_a_stream_is_open_for_what_it_is_and_a_terminal_of_the_caller(agent):
    read, write, path = (os.open("/dev/null", how) for how in (os.O_RDONLY, os.O_WRONLY, os.O_PATH))
    for streams, name in (((write, write, write), b"`in`"), ((path, write, write), b"`in`"), ((read, read, write), b"`out`"),
                          ((read, path, write), b"`out`"), ((read, write, read), b"`err`")):
        by_a_client_of_ones_own(agent, lambda kept: (*streams, control(kept)), b"stream " + name + b" is not open for")
    def fresh(kept):
        slave = pty.openpty()[1]
        return slave, slave, slave, control(kept)
    by_a_client_of_ones_own(agent, fresh, b"belongs to uid", order={"caller": 4242})
    for fd in (read, write, path):
        os.close(fd)


def ab_22_a_folder_is_the_one_that_one_is_in(agent):
    null = os.open("/dev/null", os.O_RDWR)
    streams = lambda kept: (null, null, null, control(kept))
    by_a_client_of_ones_own(agent, streams, b"not your current directory", folder=lambda: os.open("/root", os.O_PATH))
    by_a_client_of_ones_own(agent, streams, b"is none", folder=lambda: null)
    by_a_client_of_ones_own(agent, streams, b"gone, or covered", order={"folder": "/root"})
    by_a_client_of_ones_own(agent, streams, b"gone, or covered", folder=gone)
    os.close(null)


def one_descriptor_comes_with_a_frame(agent):
    null = os.open("/dev/null", os.O_RDWR)
    by_a_client_of_ones_own(agent, lambda kept: ((null, null), null, null, control(kept)), b"`in` was not passed")
    os.close(null)


def nobody_is_logged_in_for_what_nobody_logged_in_for(agent):
    if not os.path.exists("/proc/self/loginuid"):
        return
    agent.expect(login="none")
    code, out, err = run(agent, "cat", "/proc/self/loginuid")
    check((code, out) == (0, "4294967295"), f"no login: {code} {out} {err}")


def what_is_shown_is_recorded_and_what_is_typed_is_not(agent):
    agent.expect(record=1, uid=1234, gid=1235, group=[1235])
    begun = time.monotonic()
    screen = Screen(agent, "python3", "-c", "import getpass, os; print(os.ttyname(0), os.stat(os.ttyname(0)).st_uid, os.getsid(0) == os.getpid());"
                    "print('read', input('name? '), len(getpass.getpass('secret? ')), os.get_terminal_size())")
    check(screen.until(b"name? "), f"it asks: {screen.seen}")
    fcntl.ioctl(screen.fd, termios.TIOCSWINSZ, struct.pack("HHHH", 44, 123, 0, 0))
    screen.type(b"alice\r")
    check(screen.until(b"secret? "), f"it asks again: {screen.seen}")
    time.sleep(0.2)
    screen.type(b"hunter2\r")
    code = screen.end()
    check(code == 0 and b"1234 False" in screen.seen and b"read alice 7 os.terminal_size(columns=123, lines=44)" in screen.seen,
          f"it has a terminal as without: {code} {screen.seen}")
    lasted = (time.monotonic() - begun) * 1e6
    end = time.time() + PATIENCE
    while time.time() < end and agent.shown() != screen.seen:
        time.sleep(0.01)
    check(agent.shown() == screen.seen and b"hunter2" not in agent.shown(), f"what is on record is what was seen: {agent.recorded}")
    sizes = [data for kind, _, data in agent.recorded if kind == b"r"]
    check(agent.recorded[0][0] == b"r" and sizes[-1] == b"123x44", f"sizes: {sizes}")
    times = [since for _, since, _ in agent.recorded]
    check(times == sorted(times) and 0 < times[-1] < lasted, f"times: {times}")


def what_goes_into_pipes_is_recorded_too(agent):
    agent.expect(record=1)
    code, out, err = run(agent, "sh", "-c", "cat; echo wrong >&2; exit 3", said=b"a pipe\n" * 50000)
    check((code, out, err) == (3, "a pipe\n" * 50000, "wrong\n"), f"pipes carry everything: {code} {len(out)} {err}")
    end = time.time() + PATIENCE
    while time.time() < end and len(agent.shown()) < 350006:
        time.sleep(0.01)
    check(len(agent.shown()) == 350006 and b"wrong\n" in agent.shown(), f"all of it: {len(agent.shown())}")


def a_recorded_command_stops_and_goes_on_and_hears_keys(agent):
    agent.expect(record=1)
    screen = Screen(agent, shell=f"bash -ic '{RUN} bash -c \"trap \\\"echo caught\\\" INT; echo ready; read x; read x; echo got \\$x\"; echo stopped; fg; echo done'")
    check(screen.until(b"ready"), f"it runs: {screen.seen}")
    time.sleep(0.2)
    screen.type(b"\x03")
    check(screen.until(b"caught"), f"^C is the command's: {screen.seen}")
    screen.type(b"\x1a")
    check(screen.until(b"stopped"), f"^Z gives the shell back: {screen.seen}")
    screen.type(b"one\rword\r")
    check(screen.until(b"got word") and screen.until(b"done"), f"it goes on: {screen.seen}")
    screen.end()


def what_goes_to_a_slow_reader_arrives_and_what_nobody_reads_ends(agent):
    agent.expect(record=1)
    line = f"{RUN} sh -c 'seq 30000' | (sleep 3; wc -l)"
    out = subprocess.run(["sh", "-c", line], cwd=agent.path.parent, stdin=subprocess.DEVNULL, capture_output=True, timeout=2 * PATIENCE).stdout
    check(out.strip() == b"30000", f"to its last line: {out}")
    agent.expect(record=1)
    # `yes` has no end of its own.
    out = subprocess.run(["sh", "-c", f"{RUN} yes | head -n 1"], cwd=agent.path.parent, stdin=subprocess.DEVNULL, capture_output=True, timeout=2 * PATIENCE).stdout
    check(out == b"y\n", f"it ends with its reader: {out}")
    agent.expect(record=1)
    one, other = socket.socketpair()
    code, _, err = run_with(agent, one, "id")
    check(code == 126 and "can't be recorded" in err and "use a pipe" in err, f"a socket is no input of what is recorded: {code} {err}")
    one.close(), other.close()


def run_with(agent, stdin, *words):
    process = subprocess.run([RUN, *words], stdin=stdin, capture_output=True, cwd=agent.path.parent, timeout=2 * PATIENCE)
    return process.returncode, process.stdout.decode(), process.stderr.decode()


def what_cant_be_recorded_any_more_is_ended(agent):
    agent.expect(record=1)
    agent.stops_recording = b"third"
    code, out, _ = run(agent, "sh", "-c", "trap '' HUP PIPE TERM; for i in first third fifth; do echo $i; sleep 0.3; done; sleep 10; echo sixth; echo over")
    check(code == 137 and "sixth" not in out and "over" not in out, f"it is killed: {code} {out}")
    check(agent.last().get("how") == ["unrecorded"], f"the agent is told why: {agent.last()}")
    agent.expect(record=1)
    agent.stops_recording = b"silent"
    code, _, _ = run(agent, "sh", "-c", "trap '' HUP PIPE TERM; echo silent; sleep 20; sleep 20")
    check(code == 137, f"also one that shows nothing more: {code}")


def is_run(word):
    for pid in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{pid}/cmdline", "rb") as line:
                if word.encode() in line.read():
                    return True
        except OSError:
            pass  # it ended meanwhile
    return False


def what_the_agent_does_not_know_to_run_does_not_run(agent, folder):
    """It has given up on it when the command is started, and put that on record."""
    mark = folder / "ran"
    agent.expect()
    agent.gives_up = True
    run(agent, "sh", "-c", f"trap '' HUP; sleep 5; touch {mark}")
    agent.gives_up = False
    agent.supervisor.wait(PATIENCE)
    end = time.time() + PATIENCE
    while time.time() < end and is_run(str(mark)):
        time.sleep(0.01)
    check(not mark.exists(), "a command of which nobody was told is killed")


def no_exec_holds(agent):
    tries = {
        "/bin/sh -c /usr/bin/id": ("sh", "-c", "/usr/bin/id; echo code $?"),
    }
    for claim, words in tries.items():
        agent.expect(no_exec=1)
        code, out, err = run(agent, *words)
        check("uid=" not in out and "code 126" in out, f"{claim}: {code} {out} {err}")
    agent.expect(no_exec=1)
    inside = ("import ctypes, os, subprocess\n"
              "libc = ctypes.CDLL(None, use_errno=True)\n"
              "for name, number, args in (('execveat', 322 if os.uname().machine == 'x86_64' else 281, None),):\n"
              "    fd = os.open('/usr/bin/id', os.O_RDONLY)\n"
              "    argv = (ctypes.c_char_p * 2)(b'id', None)\n"
              "    for flags in (0x1000, 0):\n"
              "        print(name, libc.syscall(number, fd, b'', argv, None, flags), ctypes.get_errno())\n"
              "try:\n    subprocess.run(['id'])\nexcept OSError as e:\n    print('run', e.errno)\n"
              "try:\n    os.posix_spawn('/usr/bin/id', ['id'], {})\nexcept OSError as e:\n    print('spawn', e.errno)\n")
    code, out, err = run(agent, "python3", "-c", inside)
    check(code == 0 and "uid=" not in out and out.count("execveat -1 13") == 2 and "run 13" in out and "spawn 13" in out,
          f"no way to start another: {code} {out} {err}")


def the_file_that_was_opened_is_what_runs(agent, folder):
    script = folder / "script"
    script.write_text("#!/bin/sh\necho first $1\n")
    script.chmod(0o755)
    agent.expect(program=str(script))
    agent.before = lambda client: None
    code, out, err = run(agent, "script", "word")
    check((code, out) == (0, "first word\n"), f"a script runs from its descriptor: {code} {out} {err}")


def the_agents_words_decide(agent):
    def deny(code):
        def talk(client, fds):
            client.say("op=info", "text=a moment")
            client.say("op=deny", f"code={code}", "message=denied: no\nask somebody")
        return talk
    agent.expect()
    agent.talk = deny("policy")
    code, _, err = run(agent, "id")
    check(code == 126 and "kepm: a moment" in err and "kepm: ask somebody" in err, f"refused: {code} {err}")
    for code in ("waiting:approval", "expired:approval"):
        agent.talk = deny(code)
        check(run(agent, "id")[0] == 124, f"nobody decided it: {code}")
    agent.talk = lambda client, fds: client.say("op=sudo")
    check(run(agent, "id")[0] == 125, "an answer that was not offered is none")
    agent.talk = lambda client, fds: client.sock.sendall(b"\0\0\0\1x")
    check(run(agent, "id")[0] == 125, "a malformed answer is none")
    def wait(client, fds):
        client.say("op=info", "text=request abc waits", "request=abc")
        client.say("op=wait")
        try:
            client.read()
        except EOFError:
            pass
    agent.talk = wait
    process = subprocess.Popen([RUN, "id"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, cwd=agent.path.parent)
    check(b"request abc waits" in process.stderr.readline(), "what is waited for is shown")
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=PATIENCE)
    check(process.returncode == 130 and b"nothing ran, and request abc is kept" in err, f"^C keeps the request: {process.returncode} {err}")
    def ask(client, fds):
        client.say("op=prompt", "id=justification", "text=Why? ", "echo=1")
        client.say("op=deny", "code=x", "message=heard " + "".join(client.read()[0].get("value", ["nothing"])))
    agent.talk = ask
    screen = Screen(agent, "-m", "because", "id")
    check(screen.until(b"Why? "), f"it asks: {screen.seen}")
    screen.type(b"ticket 42\r")
    check(screen.until(b"heard ticket 42") and screen.end() == 126, f"the answer arrives: {screen.seen}")
    check(agent.asked["reason"] == ["because"], "the reason goes with the question")


def without_an_agent_nothing_runs(agent):
    agent.listener.close()
    os.unlink(agent.path)
    code, out, err = run(agent, "id")
    check(code == 125 and out == "" and "not reachable" in err, f"{code} {out} {err}")


def main():
    if os.geteuid() != 0:
        print("run: skipped (not root)")
        return 0
    # What runs in the background of a shell ignores ^C, and so would what is tried here.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        agent = Agent(folder)
        ab_13_nothing_is_inherited_from_whoever_asked(agent)
        ends_are_the_commands_own(agent)
        signals_and_the_end_of_the_client_reach_the_command(agent)
        a_command_that_is_taken_away_says_so(agent)
        ab_12_a_terminal_is_a_fresh_one(agent)
        window_size_and_keys_reach_it(agent)
        a_stop_stops_both_and_goes_on(agent)
        what_comes_back_from_the_background_reads_again(agent)
        in_a_pipeline_what_is_typed_is_the_commands_once_it_wants_it(agent)
        somebodys_own_terminal_is_refused(agent)
        a_second_terminal_beside_a_fresh_one_is_refused(agent)
        what_is_no_socket_that_keeps_words_apart_is_no_control(agent)
        ab_12_a_stream_is_open_for_what_it_is_and_a_terminal_of_the_caller(agent)
        ab_22_a_folder_is_the_one_that_one_is_in(agent)
        one_descriptor_comes_with_a_frame(agent)
        nobody_is_logged_in_for_what_nobody_logged_in_for(agent)
        what_is_shown_is_recorded_and_what_is_typed_is_not(agent)
        what_goes_into_pipes_is_recorded_too(agent)
        a_recorded_command_stops_and_goes_on_and_hears_keys(agent)
        what_goes_to_a_slow_reader_arrives_and_what_nobody_reads_ends(agent)
        what_cant_be_recorded_any_more_is_ended(agent)
        what_the_agent_does_not_know_to_run_does_not_run(agent, folder)
        no_exec_holds(agent)
        the_file_that_was_opened_is_what_runs(agent, folder)
        the_agents_words_decide(agent)
        without_an_agent_nothing_runs(agent)
    print("run:", "ok" if not failures else "FAILED")
    return bool(failures)


sys.exit(main())
