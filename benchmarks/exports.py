"""What dead and slow exports of the audit do to a decision: nothing, and they catch up.

`sudo -n true` of a governed user without an export; with three that are dead (nobody listens); and with three that are slow
(whoever listens never reads, and never answers); interleaved. Then somebody listens, and the records that waited arrive.
usage: benchmarks/run exports [ROUNDS [SUDOS]]
"""
import json
import os
import subprocess
import sys
import tempfile
import time

import elevate
import trial

SETTINGS = "/opt/keeper/sbin/appsettings.json"
KINDS = {
    "none": [],
    "dead": ["syslog+tcp://127.0.0.1:5510?name=a", "syslog+tcp://127.0.0.1:5511?name=b",
             "otlp+http://127.0.0.1:5512/v1/logs?name=c"],
    "slow": ["syslog+tcp://127.0.0.1:5520?name=d", "syslog+tcp://127.0.0.1:5521?name=e",
             "otlp+http://127.0.0.1:5522/v1/logs?name=f"],
}

# Runs inside: takes connections and does nothing with them.
SILENT = r"""
import socket, time
doors = [socket.create_server(("127.0.0.1", port)) for port in (5520, 5521, 5522)]
kept = []
for door in doors: door.settimeout(0.2)
while True:
    for door in doors:
        try: kept.append(door.accept()[0])
        except TimeoutError: pass
"""

# Runs inside: reads one connection after the other, and keeps how many records it saw.
READER = r"""
import re, socket
door, seen = socket.create_server(("127.0.0.1", 5510)), set()
while True:
    connection, rest = door.accept()[0], b""
    while True:
        data = connection.recv(1 << 16)
        if not data: break
        rest += data
        seen.update(re.findall(rb'"seq":(\d+)|seq="(\d+)"', rest))
        rest = rest[-20:]
        open("/root/seen", "w").write(str(len(seen)))
"""


def background(name, text):
    trial.inside(f"cat >/root/{name}.py", input=text)
    trial.inside(f"setsid python3 /root/{name}.py >/dev/null 2>&1 </dev/null & true")


def exports(kind):
    trial.run("stop")
    listed = json.dumps(KINDS[kind])
    trial.inside(f"jq '.Settings.Audit.Exports = {listed}' {SETTINGS} >/root/new && cat /root/new >{SETTINGS}")
    trial.run("start")


def sudos(count):
    worker = elevate.worker("alice")
    for _ in range(50):
        elevate.once(worker)
    times = [elevate.once(worker) / 1000 for _ in range(count)]
    worker.stdin.close()
    worker.wait()
    return times


def records():
    return int(trial.inside("kepm audit list --limit 1 --json | jq '[.. | .seq? // empty] | max'"))


def caught_up():
    background("reader", READER)
    start, wanted = time.monotonic(), records()
    while time.monotonic() - start < 120:
        seen = int(trial.inside("cat /root/seen 2>/dev/null || echo 0"))
        if seen >= wanted:
            return f"{wanted} records that waited arrived within {time.monotonic() - start:.0f} s"
        time.sleep(1)
    raise SystemExit(f"only {seen} of {wanted} records arrived")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 3
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 200
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "bench.json"), "w", encoding="utf-8") as file:
            json.dump(elevate.POLICY, file)
        trial.up(folder)
    try:
        trial.run("as", "alice", "--", "true")
        trial.inside("cat >/root/worker.py", input=elevate.WORKER)
        background("silent", SILENT)
        times = {kind: [] for kind in KINDS}
        for _ in range(rounds):
            for kind, all_of in times.items():
                exports(kind)
                all_of += sudos(count)
        exports("dead")
        late = caught_up()
    finally:
        trial.down()
    print(f"sudo -n true, {rounds} x {count} each, interleaved, ms: median (quartiles), 99 of 100 below")
    quiet = trial.quartiles(times["none"])[0]
    for kind, all_of in times.items():
        median, low, high = trial.quartiles(all_of)
        p99 = sorted(all_of)[int(0.99 * len(all_of))]
        print(f"  {kind:6} {median:6.2f} ({low:.2f}-{high:.2f}) {p99:6.2f}   ratio of medians {median / quiet:.2f}")
    print(late)


if __name__ == "__main__":
    main()
