"""What the agent holds after very many requests: descriptors, pidfds, threads and memory, at ten points of one run.

`sudo` of four processes at once: most are allowed and recorded, one of ten is refused, one of fifty asks for an approval that nobody
gives, and one of fifty is ended while it is asked. The first tenth warms the agent up. Ends with 1 where the last point has more
descriptors or pidfds than the first one, or memory beyond a bound.
usage: benchmarks/run growth [REQUESTS]    50,000
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import trial

PROCESSES = 4
POINTS = 10
# Of a start: what is compiled, and pages of the heap that were never touched before.
BOUND_MIB = 48

def command(policy, path, control):
    return {
        "PolicyId": policy, "PolicyName": policy, "PolicyType": "CommandLine", "Status": "enforce",
        "UserCheck": ["alice"], "Actions": {"OnSuccess": {"Controls": [control]}},
        "Extension": {"Commands": [{"Path": path, "Args": []}]},
    }


POLICIES = [command("allow", "/usr/bin/true", "ALLOW"), command("ask", "/usr/bin/id", "APPROVAL")]

# Runs inside: so many times as the line says, as alice; answers with how many ended as they have to.
WORKER = r"""
import os, pwd, subprocess, sys, time
user = pwd.getpwnam("alice")
groups = os.getgrouplist("alice", user.pw_gid)
KINDS = {"true": 0, "env": 1, "id": 1}

def sudo(name):
    return subprocess.Popen(["/usr/bin/sudo", "-n", name], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                            env={"PATH": "/usr/bin", "LANG": "C.UTF-8"}, cwd="/", user=user.pw_uid, group=user.pw_gid, extra_groups=groups)

asked = 0
for line in sys.stdin:
    right = 0
    for _ in range(int(line)):
        asked += 1
        name = "env" if asked % 10 == 5 else "id" if asked % 50 == 7 else "true"
        one = sudo(name)
        if asked % 50 == 31:
            time.sleep(asked % 13 / 500)
            one.kill()
        code = one.wait()
        right += code == KINDS[name] or asked % 50 == 31
    print(right, flush=True)
"""

LOOK = r"""
pid=$(cat /run/kepm-trial.agent)
fds=$(ls -l /proc/$pid/fd)
echo "$(echo "$fds" | grep -c ' -> ') $(echo "$fds" | grep -c pidfd) $(ls /proc/$pid/task | wc -l) \
$(awk '/^VmRSS/ {print $2}' /proc/$pid/status) $(kepm grants | grep -c alice)"
"""


def look():
    fds, pidfds, threads, rss, grants = map(int, trial.inside(LOOK, check=False).split())
    return {"descriptors": fds, "pidfds": pidfds, "threads": threads, "MiB": rss // 1024, "grants": grants}


def settled():
    """What a request leaves for a moment is gone when its process is."""
    for _ in range(20):
        seen = look()
        if seen["grants"] == 0:
            break
        time.sleep(1)
    return seen


def worker():
    return subprocess.Popen([trial.RUN, "exec", "--", "python3", "/root/worker.py"], text=True, stdin=subprocess.PIPE,
                            stdout=subprocess.PIPE)


def ask(workers, count):
    for process in workers:
        process.stdin.write(f"{count}\n")
        process.stdin.flush()
    return sum(int(process.stdout.readline()) for process in workers)


def main():
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 50_000
    part = max(1, wanted // POINTS // PROCESSES)
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "growth.json"), "w") as file:
            json.dump(POLICIES, file)
        trial.up(folder)
    points, right = [], 0
    try:
        trial.run("as", "alice", "--", "true")
        subprocess.run([trial.RUN, "exec", "--", "bash", "-c", "cat >/root/worker.py"], input=WORKER, text=True, check=True)
        workers = [worker() for _ in range(PROCESSES)]
        print("  requests  " + "  ".join(f"{name:>11}" for name in look()))
        begun = time.time()
        for point in range(POINTS):
            right += ask(workers, part)
            points.append(settled())
            done = (point + 1) * part * PROCESSES
            print(f"  {done:8}  " + "  ".join(f"{value:11}" for value in points[-1].values()), flush=True)
        took = time.time() - begun
        for process in workers:
            process.stdin.close()
            process.wait()
    finally:
        trial.down()
    done = POINTS * part * PROCESSES
    print(f"{done} requests in {took:.0f} s, {done - right} not answered as they have to be")
    first, last = points[0], points[-1]
    grown = {name: last[name] - first[name] for name in last}
    print("grown since the first tenth: " + ", ".join(f"{value} {name}" for name, value in grown.items()))
    # A descriptor or two are those of whoever asks at that moment.
    if right != done or grown["descriptors"] > 4 or grown["pidfds"] > 0 or grown["MiB"] > BOUND_MIB or last["grants"] > 0:
        raise SystemExit(1)


if __name__ == "__main__":
    main()
