"""A thousand jobs, two hundred of them due at the same second, on the assembled agent.

How late each run begins: after it was due; and after it could have begun, which is when it was due or when the run that held
the last of its places ended. Once with a process each (/bin/true), once with a built-in task. Then what the agent uses while it
has nothing to do, with all those jobs there and with the shipped ones alone, both after all that was done.
usage: benchmarks/run jobs [DUE [JOBS]]
"""
import datetime
import json
import os
import sys
import tempfile
import time

import elevate
import trial

# What may hang has not all of the 32 places.
PLACES = {"process": 28, "built-in": 32}
TASKS = {
    "process": {"executablePath": "/bin/true"},
    "built-in": {"type": "builtin", "command": "echo", "arguments": ["x"]},
}
FOLDER = "/opt/keeper/sbin/Jobs"
# Runs inside: how many runs of that time each job has.
COUNT = """for job in {folder}/due-*.json; do
    curl -sSf --unix-socket /run/keeper/agent.sock http://kepm/api/jobs/$(basename $job .json)/runs
done | jq '[.items[] | select(.due == "%s")] | length'
""".format(folder=FOLDER)
PID = "/run/kepm-trial.agent"
AHEAD = 45
QUIET = 30
# Of a core, that a thousand jobs may cost while nothing is due.
MORE_WHEN_IDLE = 0.3

# Runs inside: writes the documents that it is given, a line each, as root alone may.
WRITE = f"""
import json, os, sys
os.umask(0o027)
for line in sys.stdin:
    document = json.loads(line)
    with open(f"{FOLDER}/" + document["id"] + ".json", "w") as file: file.write(line)
"""


def api(route, *more):
    line = " ".join(["curl -sSf --unix-socket /run/keeper/agent.sock", *more, f"http://kepm{route}"])
    return json.loads(trial.inside(line) or "{}")


def write(documents):
    trial.inside(f"python3 -c '{WRITE}'", input="".join(json.dumps(each) + "\n" for each in documents))
    api("/api/jobs/reload", "-X POST -H 'Content-Type: application/json' -d '{}'")


def cpu():
    """Seconds that the agent has used so far."""
    fields = trial.inside(f"cat /proc/$(cat {PID})/stat").rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def idle():
    time.sleep(10)
    before, start = cpu(), time.monotonic()
    time.sleep(QUIET)
    return 100 * (cpu() - before) / (time.monotonic() - start)


def instant(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp()


def ended(due):
    """The runs of the jobs that were due, once all of them are over."""
    end = time.monotonic() + AHEAD + 120
    while time.monotonic() < end:
        jobs = [each for each in api("/api/jobs")["items"] if each["id"].startswith("due-")]
        runs = [each["last"] for each in jobs if each.get("last") and instant(each["last"]["due"]) == due and "ended" in each["last"]]
        if len(runs) == len(jobs):
            return runs
        time.sleep(2)
    raise SystemExit(f"only {len(runs)} of {len(jobs)} ran: " + json.dumps([each for each in jobs if each["faults"]][:3]))


def measured(kind, count):
    due = int(time.time()) + AHEAD
    at = datetime.datetime.fromtimestamp(due, datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    write([{"id": f"due-{i:04}", "schedule": {"runAt": at}, "tasks": [TASKS[kind]]} for i in range(count)])
    if time.time() > due - 5:
        raise SystemExit(f"it took {time.time() - due + AHEAD:.0f} s to load the documents")
    time.sleep(max(0, due + 3 - time.time()))
    runs = ended(due)
    bad = [each for each in runs if each["state"] != "Succeeded"]
    if bad:
        raise SystemExit(f"{len(bad)} did not succeed: {bad[0]}")
    starts = sorted(instant(each["started"]) - due for each in runs)
    ends = sorted(instant(each["ended"]) - due for each in runs)
    places = PLACES[kind]
    beyond = [start - (0 if i < places else max(0, ends[i - places])) for i, start in enumerate(starts)]
    print(
        f"{kind}: {len(runs)} ran once each, the first {starts[0]:.2f} s after it was due, the last {starts[-1]:.2f} s,"
        f" the last over after {ends[-1]:.2f} s; later than the {places} places explain: {max(beyond):.2f} s at most (2)")
    if max(beyond) > 2:
        raise SystemExit("later than 2 s")
    return max(int(each) for each in trial.inside(COUNT % at).split())


def main():
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 200
    jobs = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "bench.json"), "w", encoding="utf-8") as file:
            json.dump(elevate.POLICY, file)
        trial.up(folder)
    try:
        shipped = len(api("/api/jobs")["items"])
        write([
            {"id": f"rest-{i:04}", "schedule": {"cron": f"{i % 60} {i % 24} 1 1 *"}, "tasks": [TASKS["process"]]}
            for i in range(jobs - count - shipped)])
        for kind in TASKS:
            if measured(kind, count) != 1:
                raise SystemExit("a job ran twice")
        if len(api("/api/jobs")["items"]) != jobs:
            raise SystemExit("not all jobs are there")
        many = idle()
        trial.inside(f"rm {FOLDER}/rest-*.json {FOLDER}/due-*.json")
        api("/api/jobs/reload", "-X POST -H 'Content-Type: application/json' -d '{}'")
        if len(api("/api/jobs")["items"]) != shipped:
            raise SystemExit("not only the shipped jobs are left")
        # So many changes are put on record together, after a minute.
        time.sleep(75)
        few = idle()
        print(
            f"idle: {many:.1f} % of a core with {jobs} jobs, {few:.1f} % with the {shipped} shipped ones; {many - few:.1f} % more"
            f" ({MORE_WHEN_IDLE})")
        if many - few > MORE_WHEN_IDLE:
            raise SystemExit(f"so many jobs cost more than {MORE_WHEN_IDLE} % of a core while nothing is due")
    finally:
        trial.down()


if __name__ == "__main__":
    main()
