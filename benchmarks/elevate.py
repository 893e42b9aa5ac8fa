"""`sudo -n true`: with the plugin and a policy that allows it, beside plain sudo on the same system, interleaved.

Both users have a NOPASSWD rule. The plain one runs in a mount namespace where sudo.conf and the PAM service
are those of the sudo package. usage: benchmarks/run elevate [ROUNDS]
"""
import json
import os
import subprocess
import sys
import tempfile

import trial

POLICY = {
    "PolicyId": "bench", "PolicyName": "bench", "PolicyType": "CommandLine", "Status": "enforce",
    "UserCheck": ["alice"], "Actions": {"OnSuccess": {"Controls": ["ALLOW"]}},
    "Extension": {"Commands": [{"Path": "/usr/bin/true", "Args": []}]},
}

# Runs inside: waits for a line, runs one sudo, answers with its microseconds.
WORKER = r"""
import os, pwd, sys, time
user = pwd.getpwnam(sys.argv[1])
os.setgid(user.pw_gid); os.initgroups(user.pw_name, user.pw_gid); os.setuid(user.pw_uid); os.chdir("/")
null = os.open("/dev/null", os.O_RDWR)
for line in sys.stdin:
    start = time.perf_counter_ns()
    pid = os.posix_spawn("/usr/bin/sudo", ["sudo", "-n", "true"], {"PATH": "/usr/bin", "LANG": "C.UTF-8"},
        file_actions=[(os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, null, 1), (os.POSIX_SPAWN_DUP2, null, 2)])
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    print((time.perf_counter_ns() - start) // 1000, code, flush=True)
"""

PLAIN = (
    "mount --bind /root/plain.sudo.conf /etc/sudo.conf && mount --bind /root/plain.pam /etc/pam.d/sudo && "
)


def worker(user, before=""):
    line = f"{before}exec python3 /root/worker.py {user}"
    if before:
        line = f"exec unshare -m --propagation private bash -c '{line}'"
    return subprocess.Popen(
        [trial.RUN, "exec", "--", "bash", "-c", line], text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE)


def once(process):
    process.stdin.write("go\n")
    process.stdin.flush()
    micros, code = process.stdout.readline().split()
    if code != "0":
        raise SystemExit(f"sudo ended with {code}")
    return int(micros)


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 300
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "bench.json"), "w") as file:
            json.dump(POLICY, file)
        trial.up(folder)
    try:
        trial.run("as", "alice", "--", "true")
        trial.inside("useradd -m bob; printf 'bob ALL=(ALL) NOPASSWD: ALL\\n' >/etc/sudoers.d/bob; chmod 440 /etc/sudoers.d/bob;"
                     "sed '/BEGIN kepm/,/END kepm/d' /etc/sudo.conf >/root/plain.sudo.conf;"
                     "sed '/BEGIN kepm/,/END kepm/d' /etc/pam.d/sudo >/root/plain.pam")
        subprocess.run([trial.RUN, "exec", "--", "bash", "-c", "cat >/root/worker.py"], input=WORKER, text=True, check=True)
        with_plugin, plain = worker("alice"), worker("bob", PLAIN)
        for _ in range(150):
            once(with_plugin), once(plain)
        samples = [(once(with_plugin), once(plain)) for _ in range(rounds)]
        for process in (with_plugin, plain):
            process.stdin.close()
            process.wait()
    finally:
        trial.down()
    ours, theirs = trial.quartiles([s[0] for s in samples]), trial.quartiles([s[1] for s in samples])
    print(f"sudo -n true, {rounds} rounds interleaved, ms: median (quartiles)")
    for name, (median, low, high) in (("with plugin, allowed, recorded", ours), ("plain sudo", theirs)):
        print(f"  {name:32} {median / 1000:6.2f} ({low / 1000:.2f}-{high / 1000:.2f})")
    print(f"  ratio of medians                 {ours[0] / theirs[0]:6.2f}")


if __name__ == "__main__":
    main()
