"""Plays people at terminals inside a trial and prints what they see, as blocks for docs/what-you-see.md.

The text between the blocks is the page's own. usage, on a trial that is up with systemd and no policies of its own:
  ./run exec -- python3 - BLOCK... <packaging/trial/captures.py       all of them without a BLOCK; root
"""
import base64
import hashlib
import hmac
import json
import os
import pty
import pwd
import re
import select
import struct
import subprocess
import sys
import time

POLICIES = "/opt/keeper/sbin/policies"
PROGRAMS = {
    "restart-web": "echo \"$1 restarted\"",
    "wipe-disk": "echo wiped",
    "backup-now": "echo 'backup of 3 files written'",
    "migrate-db": "echo 'schema is at 42 now'",
    "rotate-keys": "echo '4 keys rotated'",
    "long-import": "sleep 600",
    "show-zone": "echo \"TZ=$TZ as $(id -un)\"",
}


def policy(name, controls, program, args=None, **extension):
    command = {"Path": "/usr/local/sbin/" + program}
    if args is not None:
        command["Args"] = args
    return {"PolicyId": name, "PolicyName": name, "PolicyType": "CommandLine", "Status": "enforce",
            "UserCheck": ["alice"], "Actions": {"OnSuccess": {"Controls": controls}},
            "Extension": {"Commands": [command], **extension}}


SET = [
    policy("web", ["ALLOW"], "restart-web", [{"OneOf": ["nginx", "apache2"]}]),
    {**policy("never-wipe", ["DENY"], "wipe-disk", [{"Rest": True}]), "UserCheck": ["*"]},
    policy("backup", ["JUSTIFY"], "backup-now"),
    {**policy("database", ["APPROVAL"], "migrate-db"), "Approval": {"Approvers": ["%helpdesk"]}},
    policy("keys", ["MFA"], "rotate-keys"),
    policy("import", ["ALLOW"], "long-import", DurationMinutes=10),
    policy("zone", ["ALLOW"], "show-zone", KeepEnv=["TZ"]),
    {"PolicyId": "shell", "PolicyName": "shell", "PolicyType": "CommandLine", "Status": "enforce", "UserCheck": ["alice"],
     "ApplicationCheck": ["/usr/bin/dash"], "Actions": {"OnSuccess": {"Controls": ["ALLOW"]}},
     "Extension": {"Intercept": True}},
]


def root(line):
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True).stdout


def make():
    for name, body in PROGRAMS.items():
        with open("/usr/local/sbin/" + name, "w") as out:
            out.write("#!/bin/sh\n" + body + "\n")
        os.chmod("/usr/local/sbin/" + name, 0o755)
    root("groupadd -f helpdesk; id alice || useradd -m -s /bin/bash -G kepm-users alice;"
         "id dora || useradd -m -s /bin/bash -G helpdesk dora")
    with open(POLICIES + "/captures.json", "w") as out:
        json.dump(SET, out)
    root(f"chown root:kepm-admins {POLICIES}/captures.json; chmod 640 {POLICIES}/captures.json; kepm policy reload")
    for _ in range(80):
        if "INTERCEPT" in root("cat /etc/sudoers.d/kepm"):
            return
        time.sleep(0.25)
    raise SystemExit("the policies were not taken: no INTERCEPT in /etc/sudoers.d/kepm within 20 s")


def code(secret, last={}):
    while True:
        step = int(time.time()) // 30
        if step > last.get(secret, 0):
            break
        time.sleep(0.5)
    last[secret] = step
    mac = hmac.new(base64.b32decode(secret), struct.pack(">Q", step), hashlib.sha1).digest()
    at = mac[-1] & 15
    return "%06d" % ((struct.unpack(">I", mac[at:at + 4])[0] & 0x7FFFFFFF) % 1000000)


class Person:
    """Logged in, at a terminal of 100 columns; `steps` are pairs of what is waited for and what is typed then."""

    def __init__(self, name):
        self.account = pwd.getpwnam(name)

    def begin(self, line):
        pid, fd = pty.fork()
        if pid == 0:
            with open("/proc/self/loginuid", "w") as out:
                out.write(str(self.account.pw_uid))
            os.chdir(self.account.pw_dir)
            os.initgroups(self.account.pw_name, self.account.pw_gid)
            os.setgid(self.account.pw_gid)
            os.setuid(self.account.pw_uid)
            os.execve("/bin/bash", ["bash", "-c", "stty cols 100 rows 40; " + line], {
                "PATH": "/usr/local/bin:/usr/bin:/bin", "HOME": self.account.pw_dir, "TERM": "xterm", "LANG": "C.UTF-8",
                "USER": self.account.pw_name, "TZ": "UTC"})
        return Terminal(pid, fd, line)

    def types(self, line, *steps):
        terminal = self.begin(line)
        for expected, typed in steps:
            terminal.expect(expected)
            terminal.type(typed() if callable(typed) else typed)
        return terminal.end()


class Terminal:
    def __init__(self, pid, fd, line):
        self.pid, self.fd, self.shown, self.line, self.at = pid, fd, "", line, 0

    def pump(self, seconds=0.2):
        if select.select([self.fd], [], [], seconds)[0]:
            try:
                self.shown += os.read(self.fd, 65536).decode("utf-8", "replace")
            except OSError:
                return False
        return True

    def expect(self, text, seconds=30):
        deadline = time.time() + seconds
        while text not in self.shown[self.at:]:
            if time.time() > deadline or not self.pump():
                raise SystemExit(f"never saw {text!r} after {self.line!r}: {self.shown!r}")
        self.at = len(self.shown)

    def type(self, text):
        time.sleep(0.3)
        os.write(self.fd, text.encode())

    def end(self, seconds=30):
        deadline = time.time() + seconds
        while time.time() < deadline and self.pump():
            pass
        os.close(self.fd)  # who still waits there is hung up on
        _, status = os.waitpid(self.pid, 0)
        text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", self.shown).replace("\r\n", "\n").replace("\r", "")
        text = "\n".join(line.rstrip() for line in text.rstrip("\n").split("\n"))
        exit_code = os.waitstatus_to_exitcode(status)
        return f"$ {self.line}\n{text}" + ("" if exit_code == 0 else f"\n(exit code {exit_code})")


def enrol(name):
    admitted = json.loads(root(f"kepm mfa admit {name} --json"))["code"]
    person = Person(name)
    begun = person.types(f"kepm mfa enroll --json --code {admitted}")
    secret = json.loads(begun[begun.index("{"):])["secret"]
    person.types("curl -sS --unix-socket /run/keeper/agent.sock -H Content-Type:application/json -d "
                 f"'{{\"code\":\"{code(secret)}\"}}' http://localhost/api/mfa/confirm")
    return secret


def request_id():
    return json.loads(root("kepm requests --json"))["items"][0]["id"][:8]


def block(name, *texts):
    print(f"== {name}\n" + "\n\n".join(texts) + "\n", flush=True)


def main():
    os.environ["PATH"] = "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
    make()
    alice, dora = Person("alice"), Person("dora")
    secret = enrol("dora")
    wanted = sys.argv[1:]

    def shows(name):
        return not wanted or name in wanted

    if shows("list"):
        block("list", alice.types("kepm list"))
    if shows("allowed"):
        block("allowed", alice.types("sudo restart-web nginx"))
    if shows("denied"):
        block("denied", alice.types("sudo wipe-disk /dev/sdb"), alice.types("sudo restart-web postgres"))
    if shows("reason"):
        block("reason", alice.types("sudo backup-now", ("Why", "the disk shelf is upgraded tonight\r")),
              alice.types("sudo -n backup-now"), alice.types("kepm run -m 'ticket 4711, disk shelf' -- backup-now"))
    if shows("approval"):
        waiting = alice.begin("sudo migrate-db")
        waiting.expect("Why")
        waiting.type("release 42 needs it\r")
        waiting.expect("waits")
        listed = dora.types("kepm requests")
        approved = dora.types(f"kepm approve {request_id()} -m 'go ahead'", ("ode", lambda: code(secret) + "\r"))
        block("approval", waiting.end(), listed, approved)
    if shows("stop"):
        stopped = alice.begin("sudo migrate-db")
        stopped.expect("Why")
        stopped.type("release 43 needs it\r")
        stopped.expect("waits")
        stopped.type("\x03")
        text = stopped.end()
        requests, status = alice.types("kepm requests"), alice.types("kepm status")
        denied = dora.types(f"kepm deny {request_id()} -m 'not before Monday'", ("ode", lambda: code(secret) + "\r"))
        again = alice.types("sudo -n migrate-db")
        block("stop", text, requests, status, denied, again)
    if shows("ahead"):
        block("ahead", alice.types("kepm request -m 'release 44, on Monday' -- migrate-db"),
              alice.types(f"kepm withdraw {request_id()}"))
    if shows("approved"):
        alice.types("kepm request -m 'release 46, on Tuesday' -- migrate-db")
        dora.types(f"kepm approve {request_id()}", ("ode", lambda: code(secret) + "\r"))
        block("approved", alice.types("kepm approved", ("end", "1\r")))
    if shows("offline"):
        alice.types("kepm request -m 'release 45, at night' -- migrate-db")
        machine = json.loads(root("kepm offline-code status --json"))["machine"]
        root(f"rm -f /root/site.key; kepm offline-code key /root/site.key; kepm offline-code machine-key --key /root/site.key {machine}"
             " | kepm offline-code import -")
        challenge = alice.types(f"kepm offline-code challenge {request_id()}")
        read = re.search(r"([0-9A-Z]{4}-){5}[0-9A-Z]{4}", challenge).group(0)
        answer = f"kepm offline-code answer --key /root/site.key --challenge {read} --user alice -- "
        good = root(answer + "/usr/local/sbin/migrate-db").strip()
        bad = subprocess.run(["bash", "-c", answer + "/usr/local/sbin/backup-now"], capture_output=True, text=True)
        block("offline", challenge, f"# {answer}/usr/local/sbin/backup-now\n{bad.stderr.strip()}\n(exit code {bad.returncode})",
              f"# {answer}/usr/local/sbin/migrate-db\n{good}",
              alice.types(f"kepm offline-code enter {request_id()}", ("read to you", good + "\r")), alice.types("sudo migrate-db"))
    if shows("mfa"):
        refused = alice.types("sudo rotate-keys")
        admitted = json.loads(root("kepm mfa admit alice --json"))["code"]
        enrolling = alice.begin(f"kepm mfa enroll --code {admitted}")
        enrolling.expect("ode")
        time.sleep(1)
        enrolling.pump()
        found = re.search(r"secret=([A-Z2-7]+)|\b([A-Z2-7]{4}(?: ?[A-Z2-7]{4}){7})\b", enrolling.shown)
        own = (found.group(1) or found.group(2)).replace(" ", "")
        enrolling.type(code(own) + "\r")
        enrolled = enrolling.end()
        block("mfa", refused, enrolled, alice.types("sudo rotate-keys", ("ode", lambda: code(own) + "\r")))
    if shows("grants"):
        running = alice.begin("sudo long-import")
        time.sleep(2)
        grants = alice.types("kepm grants")
        grant = json.loads(root("kepm grants --json"))["items"][0]["id"][:8]
        extended = alice.types(f"kepm extend {grant}")
        released = alice.types(f"kepm release {grant}")
        block("grants", grants, extended, released, running.end())
    if shows("run"):
        block("run", alice.types("kepm run -- restart-web nginx"), alice.types("kepm run -- show-zone"),
              alice.types("sudo show-zone"), alice.types("kepm run -- wipe-disk /dev/sdb"))
    if shows("inside"):
        block("inside", alice.types("sudo dash", ("#", "restart-web nginx\r"), ("restarted", "cat /etc/shadow\r"), ("allows", "exit\r")))
    if shows("doctor"):
        block("doctor", "# kepm doctor\n" + root("kepm doctor").rstrip())


main()
