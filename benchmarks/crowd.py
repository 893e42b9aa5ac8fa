"""How long decisions take when very many users ask at once: 200 users, 50 of their `sudo -n true` at any moment.

The figures come from the agent's own histogram (`kepm_decision_seconds`, from the connection to the answer, the disk included); how long
all of a sudo took is said beside it: there each of them also waits for its share of the processors.
usage: benchmarks/run crowd [REQUESTS]    10,000: fifty of each user
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import doors
import trial

USERS, AT_ONCE, BOUND_MS = 200, 50, 250.0
POLICY = {
    "PolicyId": "crowd", "PolicyName": "crowd", "PolicyType": "CommandLine", "Status": "enforce",
    "UserCheck": ["%crowd"], "Actions": {"OnSuccess": {"Controls": ["ALLOW"]}},
    "Extension": {"Commands": [{"Path": "/usr/bin/true", "Args": []}]},
}
ENROL = f"""groupadd crowd
for number in $(seq {USERS}); do useradd -M -s /bin/sh -G kepm-users,crowd "crowd$number"; done"""

# Runs inside: one process that starts sudos of one user after the other, and begins another whenever one has ended.
ASKER = r"""
import os, pwd, subprocess, sys, time
users, at_once, count = map(int, sys.argv[1:])
known = [pwd.getpwnam(f"crowd{number + 1}") for number in range(users)]
groups = [os.getgrouplist(user.pw_name, user.pw_gid) for user in known]

def sudo(number):
    user = known[number % users]
    return subprocess.Popen(["/usr/bin/sudo", "-n", "true"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        env={"PATH": "/usr/bin", "LANG": "C.UTF-8"}, cwd="/", user=user.pw_uid, group=user.pw_gid, extra_groups=groups[number % users])

running, begun, failed, millis = {}, 0, 0, []
while begun < count or running:
    while begun < count and len(running) < at_once:
        one = sudo(begun)
        running[one.pid] = (one, time.perf_counter())
        begun += 1
    pid, status = os.waitpid(-1, 0)
    one, started = running.pop(pid)
    one.returncode = os.waitstatus_to_exitcode(status)
    failed += one.returncode != 0
    millis.append(1000 * (time.perf_counter() - started))
millis.sort()
print(failed, millis[len(millis) // 2], millis[int(0.99 * len(millis))])
"""


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "crowd.json"), "w") as file:
            json.dump(POLICY, file)
        trial.up(folder)
    try:
        trial.inside(ENROL)
        doors.put("/root/asker.py", ASKER)
        trial.inside(f"python3 /root/asker.py {USERS} {AT_ONCE} 500")
        before, begun = doors.buckets(), time.time()
        failed, middle, late = map(float, trial.inside(f"python3 /root/asker.py {USERS} {AT_ONCE} {count}").split())
        took = time.time() - begun
        decisions, own, disk = doors.added([], before, doors.buckets())
    finally:
        trial.down()
    print(f"{count} requests of {USERS} users, {AT_ONCE} at any moment, in {took:.0f} s; {failed:.0f} not allowed")
    for what, of in (("a decision", decisions), ("the agent's own time", own), ("a batch on disk", disk)):
        print(f"  {what:22} p50 {doors.quantile(of, 0.5):7.2f} ms  p99 {doors.quantile(of, 0.99):7.2f} ms")
    print(f"  {'all of a sudo':22} p50 {middle:7.2f} ms  p99 {late:7.2f} ms")
    p99 = doors.quantile(decisions, 0.99)
    print(f"  p99 of a decision {p99:.0f} ms (bound {BOUND_MS:g})")
    return 0 if failed == 0 and p99 <= BOUND_MS else 1


sys.exit(main())
