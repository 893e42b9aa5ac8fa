"""What the framework guard adds to a cold start, and what a hot install of a plugin of 1 MB costs.

An agent without its guard does not start, so the start is that of a JVM up to the last of the agent's bundles being
installed: with everything the guard does at a start, and by Apache Felix alone, interleaved, both with
the class-data archive of the agent and its flags (guard/GuardCost.java). The plugin is the sample `denial-counter` with a megabyte of ballast, each time a higher version; from the first byte of the
upload to the answer that says `Healthy`. Meanwhile a governed user runs `sudo -n true` over and over, as before it.
usage: benchmarks/run plugins [ROUNDS]
"""
import json
import os
import subprocess
import sys
import tempfile
import zipfile

import elevate
import trial

BALLAST = 1 << 20

# Runs inside: time of one `sudo -n true` after the other until the file /tmp/enough is there.
LOOP = elevate.WORKER.replace("for line in sys.stdin:", "while not os.path.exists('/tmp/enough'):")

UPLOAD = (
    "curl -s -o /root/answer -w '%{time_total}' --unix-socket /run/keeper/agent.sock"
    " -H 'Content-Type: application/java-archive' --data-binary @/root/p.jar http://kepm/api/plugins"
)


START = """
cd /root/guard; lib=/opt/keeper/lib
path=$lib/lib/guard.jar:$lib/lib/verifier.jar:$lib/lib/karaf-main.jar:$lib/lib/karaf-jaas-boot.jar:$(ls $lib/system/org/apache/felix/org.apache.felix.framework/*/*.jar)
# When its compilers begin.
flags=$(grep -oE -- "-XX:(Tier4|CompileCommand)[^ ']*" /opt/keeper/sbin/KeeperPrivilegeManager)
[ -d out ] || javac -cp $path -d out GuardCost.java
rm -rf storage
python3 -c 'import subprocess, sys, time; start = time.perf_counter(); subprocess.run(sys.argv[1:], check=True, \
    stdout=subprocess.DEVNULL); print(time.perf_counter() - start)' \
    java -XX:+UseSerialGC -Xms84m -Xmn48m -Xmx192m $flags -XX:SharedArchiveFile=$lib/kepm.jsa -cp $path:out io.kepm.guard.GuardCost %s /root/guard/storage
"""


def starts(rounds):
    trial.run("stop")
    with open(os.path.join(trial.REPO, "benchmarks/guard/GuardCost.java"), encoding="utf-8") as file:
        trial.inside("mkdir -p /root/guard; cat >/root/guard/GuardCost.java", input=file.read())
    times = {"guarded": [], "plain": []}
    for kind in times:
        trial.inside(START % kind)
    for _ in range(rounds):
        for kind, seconds in times.items():
            seconds.append(float(trial.inside(START % kind)))
    trial.run("start")
    with_guard, without = (trial.quartiles(seconds)[0] for seconds in times.values())
    print(f"bundles in, with the guard {with_guard:.2f} s, without {without:.2f} s: it adds {with_guard - without:.2f} s (0.4)")


def versions(folder, count):
    """Signed jars of the sample with ballast, of rising versions."""
    sample = os.path.join(trial.REPO, "samples/build-sample")
    subprocess.run([sample, "denial-counter", folder], check=True, capture_output=True)
    with zipfile.ZipFile(os.path.join(folder, "denial-counter.jar")) as jar:
        parts = {name: jar.read(name) for name in jar.namelist() if name.endswith(".class") or name.startswith("KEPM-INF")}
    with open(os.path.join(trial.REPO, "samples/denial-counter/MANIFEST.MF"), encoding="utf-8") as file:
        manifest = file.read()
    for i in range(count):
        path = os.path.join(folder, f"{i}.jar")
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as jar:
            jar.writestr("META-INF/MANIFEST.MF", manifest)
            for name, content in parts.items():
                if name.endswith(".json"):
                    content = json.dumps(dict(json.loads(content), version=f"1.{i}.0"))
                jar.writestr(name, content)
            jar.writestr("ballast", os.urandom(BALLAST))
        subprocess.run([os.path.join(trial.REPO, "signing/scripts/sign-plugin"), path], check=True, capture_output=True)
        yield path


def sudo_loop():
    trial.inside("rm -f /tmp/enough; cat >/root/loop.py", input=LOOP)
    return subprocess.Popen(
        [trial.RUN, "exec", "--", "python3", "/root/loop.py", "alice", "/usr/bin/sudo", "-n", "true"], text=True, stdout=subprocess.PIPE)


def ended(loop):
    trial.inside("touch /tmp/enough")
    lines = [line.split() for line in loop.communicate()[0].splitlines()]
    if any(code != "0" for _, code in lines):
        raise SystemExit("a sudo failed meanwhile")
    return [int(micros) / 1000 for micros, _ in lines]


def installs(rounds):
    with tempfile.TemporaryDirectory() as folder:
        jars = list(versions(folder, rounds))
        loop = sudo_loop()
        subprocess.run(["sleep", "5"], check=True)
        quiet = ended(loop)
        loop, seconds = sudo_loop(), []
        for jar in jars:
            with open(jar, "rb") as file:
                subprocess.run([trial.RUN, "exec", "--", "bash", "-c", "cat >/root/p.jar"], check=True, stdin=file)
            seconds.append(float(trial.inside(UPLOAD)))
            answer = trial.inside("cat /root/answer")
            if '"Healthy"' not in answer:
                raise SystemExit(answer)
        busy = ended(loop)
    middle, low, high = trial.quartiles(seconds)
    print(f"hot install of 1 MB: {middle:.2f} s ({low:.2f} to {high:.2f}), worst {max(seconds):.2f} s (1)")
    print(
        f"sudo meanwhile: median {trial.quartiles(busy)[0]:.1f} ms, worst {max(busy):.1f} ms of {len(busy)};"
        f" before: median {trial.quartiles(quiet)[0]:.1f} ms, worst {max(quiet):.1f} ms of {len(quiet)};"
        f" the worst waited {max(busy) - max(quiet):.1f} ms longer (100)")


def main():
    rounds = int(sys.argv[1]) if len(sys.argv) > 1 else 10
    with tempfile.TemporaryDirectory() as folder:
        with open(os.path.join(folder, "bench.json"), "w", encoding="utf-8") as file:
            json.dump(elevate.POLICY, file)
        trial.up(folder)
        try:
            trial.run("as", "alice", "--", "true")
            starts(rounds)
            installs(rounds)
        finally:
            trial.down()


if __name__ == "__main__":
    main()
