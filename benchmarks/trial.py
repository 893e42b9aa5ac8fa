"""A trial agent for a measurement, driven by ./run."""
import os
import subprocess

REPO = os.environ["REPO"]
RUN = os.path.join(REPO, "run")
PORTS = os.environ.get("KEPM_PORTS", "26888,26889,28675")


def run(*words, check=True, **more):
    return subprocess.run([RUN, *words], check=check, text=True, capture_output=True, **more)


def inside(line, **more):
    """A shell line as root inside the trial; its output."""
    return run("exec", "--", "bash", "-c", line, **more).stdout


def up(policies):
    run("down", check=False)
    # One user asks more often here than the limits let people.
    result = run(
        "up", "--ports", PORTS, "--policies", policies,
        "--set", "PolicyEngine.EvaluationsPerMinute=1000000", "--set", "PolicyEngine.FailuresToOpen=1000000", check=False)
    if result.returncode != 0:
        raise SystemExit(result.stderr)


def down():
    run("down")


def quartiles(values):
    """Median, lower and upper quartile."""
    ordered = sorted(values)
    at = lambda share: ordered[min(len(ordered) - 1, int(share * len(ordered)))]
    return at(0.5), at(0.25), at(0.75)
