"""`true` with other rights: by sudo with the plugin, beside plain sudo on the same system, interleaved; with `ways` also
with a time limit, by `kepm run` in a unit of its own, by pkexec and by doas, in an order drawn anew each round.

Nobody is asked for a password. The plain sudo runs in a mount namespace where sudo.conf and the PAM service
are those of the sudo package. usage: benchmarks/run elevate [ROUNDS] [ways]
"""
import json
import os
import random
import subprocess
import sys
import tempfile

import trial

POLICY = {
    "PolicyId": "bench", "PolicyName": "bench", "PolicyType": "CommandLine", "Status": "enforce",
    "UserCheck": ["alice"], "Actions": {"OnSuccess": {"Controls": ["ALLOW"]}},
    "Extension": {"Commands": [{"Path": "/usr/bin/true", "Args": []}]},
}
# sudo can't carry a kept variable: so it goes by a unit.
BY_UNIT = {
    **POLICY, "PolicyId": "unit", "PolicyName": "unit", "UserCheck": ["carol"],
    "Extension": {**POLICY["Extension"], "KeepEnv": ["TZ"]},
}

# Binds the command with all it starts: a scope of its own.
TIMED = {
    **POLICY, "PolicyId": "timed", "PolicyName": "timed", "UserCheck": ["dave"],
    "Extension": {**POLICY["Extension"], "DurationMinutes": 5},
}

# Runs inside: waits for a line, runs one command, answers with its microseconds.
WORKER = r"""
import os, pwd, sys, time
user = pwd.getpwnam(sys.argv[1])
os.setgid(user.pw_gid); os.initgroups(user.pw_name, user.pw_gid); os.setuid(user.pw_uid); os.chdir("/")
null = os.open("/dev/null", os.O_RDWR)
for line in sys.stdin:
    start = time.perf_counter_ns()
    pid = os.posix_spawn(sys.argv[2], sys.argv[2:], {"PATH": "/usr/bin", "LANG": "C.UTF-8"},
        file_actions=[(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)])
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print((time.perf_counter_ns() - start) // 1000, code, flush=True)
"""

PLAIN = (
    "mount --bind /root/plain.sudo.conf /etc/sudo.conf && mount --bind /root/plain.pam /etc/pam.d/sudo && "
)
SUDO = "/usr/bin/sudo -n true"
POLKIT = """polkit.addRule(function(action, subject) {
  return action.id == "org.freedesktop.policykit.exec" && subject.user == "bob" ? polkit.Result.YES : polkit.Result.NOT_HANDLED;
});"""


def worker(user, command, before=""):
    line = f"{before}exec python3 /root/worker.py {user} {command}"
    if before:
        line = f"exec unshare -m --propagation private bash -c '{line}'"
    return subprocess.Popen(
        [trial.RUN, "exec", "--", "bash", "-c", line], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def once(process, name):
    process.stdin.write("go\n")
    process.stdin.flush()
    micros, code = process.stdout.readline().split()
    if code != "0":
        raise SystemExit(f"{name} ended with {code}")
    return int(micros)


def others():
    """pkexec and doas, with a rule for bob, and the bus that pkexec needs."""
    trial.inside(
        "apt-get install -y --no-install-recommends pkexec polkitd dbus opendoas >/dev/null 2>&1;"
        "printf 'permit nopass bob as root\\n' >/etc/doas.conf; chmod 0400 /etc/doas.conf;"
        f"mkdir -p /etc/polkit-1/rules.d; cat >/etc/polkit-1/rules.d/00-bench.rules <<'END'\n{POLKIT}\nEND\n"
        "chmod 0644 /etc/polkit-1/rules.d/00-bench.rules; systemctl start dbus polkit")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    ways = "ways" in sys.argv[2:]
    if ways:
        os.environ["KEPM_SYSTEMD"] = "yes"
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "bench.json"), "w") as file:
            json.dump([POLICY, BY_UNIT, TIMED], file)
        trial.up(folder)
    try:
        trial.run("as", "alice", "--", "true")
        trial.inside("useradd -m bob; printf 'bob ALL=(ALL) NOPASSWD: ALL\\n' >/etc/sudoers.d/bob; chmod 440 /etc/sudoers.d/bob;"
                     "sed '/BEGIN kepm/,/END kepm/d' /etc/sudo.conf >/root/plain.sudo.conf;"
                     "sed '/BEGIN kepm/,/END kepm/d' /etc/pam.d/sudo >/root/plain.pam")
        subprocess.run([trial.RUN, "exec", "--", "bash", "-c", "cat >/root/worker.py"], input=WORKER, text=True, check=True)
        workers = {
            "sudo with plugin, allowed, recorded": worker("alice", SUDO),
            "plain sudo": worker("bob", SUDO, PLAIN),
        }
        if ways:
            for user in ("carol", "dave"):
                trial.run("as", user, "--", "true")
            others()
            workers["sudo with plugin and a time limit"] = worker("dave", SUDO)
            workers["kepm run, in a unit, recorded"] = worker("carol", "/usr/libexec/kepm/kepm-run -- /usr/bin/true")
            workers["pkexec"] = worker("bob", "/usr/bin/pkexec /usr/bin/true")
            workers["doas"] = worker("bob", "/usr/bin/doas /usr/bin/true")
        for _ in range(min(150, rounds)):
            for name, process in workers.items():
                once(process, name)
        samples = {name: [] for name in workers}
        for _ in range(rounds):
            # Each after any other: what one leaves warm (a cgroup was changed just now) is no gift to always the same one.
            for name in random.sample(list(workers), len(workers)):
                samples[name].append(once(workers[name], name))
        for process in workers.values():
            process.stdin.close()
            process.wait()
    finally:
        trial.down()
    print(f"true with other rights, {rounds} rounds interleaved, ms: median (quartiles)")
    medians = {}
    for name in workers:
        medians[name], low, high = trial.quartiles(samples[name])
        print(f"  {name:36} {medians[name] / 1000:6.2f} ({low / 1000:.2f}-{high / 1000:.2f})")
    print(f"  ratio to plain sudo {medians['sudo with plugin, allowed, recorded'] / medians['plain sudo']:.2f}")
    if ways:
        print(f"  with a time limit {medians['sudo with plugin and a time limit'] / medians['plain sudo']:.2f}")
        print(f"  kepm run to pkexec {medians['kepm run, in a unit, recorded'] / medians['pkexec']:.2f}")


if __name__ == "__main__":
    main()
