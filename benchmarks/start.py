"""Start of the agent beside stock Apache Karaf 4.4.10 to its shell, interleaved.

Ours ends when every door is open (the ready file); stock Karaf's when its shell's port answers. Cold: without a
bundle cache. Memory is that of the start with 1,000 policies. usage: benchmarks/run start [ROUNDS]
"""
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

import trial

KARAF = "4.4.10"
STARTER = r"""
import os, subprocess, sys, time
if sys.argv[1] == "cold":
    subprocess.run("rm -rf /var/lib/kepm/cache/*", shell=True)
try: os.unlink("/run/keeper/ready")
except FileNotFoundError: pass
start = time.perf_counter()
log = open("/opt/keeper/sbin/Log/agent.out", "a")
agent = subprocess.Popen(["/opt/keeper/sbin/KeeperPrivilegeManager"], stdin=subprocess.DEVNULL, stdout=log,
    stderr=log, start_new_session=True, cwd="/")
open("/run/kepm-trial.agent", "w").write(f"{agent.pid}\n")
while not os.path.exists("/run/keeper/ready"):
    if agent.poll() is not None or time.perf_counter() - start > 60: sys.exit("the agent did not start")
    time.sleep(0.002)
print(time.perf_counter() - start, agent.pid)
"""


# The thousand, aside or in the folder; the agent does not run meanwhile.
SETS = {
    "none": "mkdir -p /root/set && find /opt/keeper/sbin/policies -name 'p*.json' -exec mv -t /root/set {} +",
    "thousand": "mv /root/set/p*.json /opt/keeper/sbin/policies/",
}


def policies(folder, count):
    for i in range(count):
        policy = {
            "PolicyId": f"p{i}", "PolicyName": f"policy {i}", "PolicyType": "CommandLine", "Status": "enforce",
            "UserCheck": [f"user{i}", "%staff"], "Actions": {"OnSuccess": {"Controls": ["ALLOW"]}},
            "Extension": {"Commands": [{"Path": f"/usr/bin/tool{i}", "Args": ["restart", {"Regex": "[a-z]+"}]}]},
        }
        with open(os.path.join(folder, f"p{i}.json"), "w") as file:
            json.dump(policy, file)


def ours(kind, policies="none"):
    trial.run("stop")
    trial.inside(SETS[policies])
    seconds, _ = trial.inside(f"python3 /root/starter.py {kind}").split()
    return float(seconds)


def resident():
    time.sleep(10)
    return int(trial.inside("awk '/VmRSS/{print $2}' /proc/$(cat /run/kepm-trial.agent)/status")) / 1024


def stock(home, java):
    shutil.rmtree(os.path.join(home, "data"), ignore_errors=True)
    environment = dict(os.environ, JAVA_HOME=java)
    start = time.perf_counter()
    process = subprocess.Popen([os.path.join(home, "bin/karaf"), "server"], env=environment, stdin=subprocess.DEVNULL,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    try:
        while True:
            try:
                socket.create_connection(("127.0.0.1", 8101), 1).close()
                return time.perf_counter() - start
            except OSError:
                if time.perf_counter() - start > 90:
                    raise SystemExit("stock Karaf did not start")
                time.sleep(0.002)
    finally:
        os.killpg(process.pid, 15)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, 9)
            process.wait()


def unpack(folder):
    subprocess.run(["mvn", "-q", "-B", "dependency:copy", f"-Dartifact=org.apache.karaf:apache-karaf:{KARAF}:tar.gz",
                    f"-DoutputDirectory={folder}"], check=True, cwd=folder)
    subprocess.run(["tar", "-xzf", f"apache-karaf-{KARAF}.tar.gz"], check=True, cwd=folder)
    home = os.path.join(folder, f"apache-karaf-{KARAF}")
    shell = os.path.join(home, "etc/org.apache.karaf.shell.cfg")
    with open(shell) as file:
        text = file.read()
    with open(shell, "w") as file:
        file.write(text.replace("sshHost = 0.0.0.0", "sshHost = 127.0.0.1"))
    return home


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 5
    java = os.path.realpath(os.environ.get("JAVA_HOME", "/usr/lib/jvm/java-17-openjdk-amd64"))
    with tempfile.TemporaryDirectory() as folder:
        home = unpack(folder)
        set_of = os.path.join(folder, "policies")
        os.mkdir(set_of)
        policies(set_of, 1000)
        trial.up(set_of)
        try:
            subprocess.run([trial.RUN, "exec", "--", "bash", "-c", "cat >/root/starter.py"], input=STARTER, text=True,
                           check=True)
            cold, warm, full, peer = [], [], [], []
            ours("cold"), stock(home, java)
            for _ in range(rounds):
                cold.append(ours("cold"))
                peer.append(stock(home, java))
                warm.append(ours("warm"))
                full.append(ours("cold", "thousand"))
            memory = resident()
        finally:
            trial.down()
    print(f"start, {rounds} rounds interleaved, s: median (quartiles)")
    for name, values in (("agent, cold", cold), ("agent, warm", warm),
                         ("agent, cold, 1,000 policies", full), ("stock Karaf to its shell", peer)):
        median, low, high = trial.quartiles(values)
        print(f"  {name:28} {median:6.2f} ({low:.2f}-{high:.2f})")
    print(f"  ratio of medians, cold       {trial.quartiles(cold)[0] / trial.quartiles(peer)[0]:6.2f}")
    print(f"  ratio, with 1,000 policies   {trial.quartiles(full)[0] / trial.quartiles(peer)[0]:6.2f}")
    print(f"  resident, 10 s after start   {memory:6.0f} MiB")


if __name__ == "__main__":
    main()
