"""What a launched process with the right secret tries at the broker and at the API beside what it declared.

Runs after ask_by_broker.py, of which it takes the packets; the launch line comes on standard input.
Prints one JSON object: what was tried, and what came of it.
"""
import base64
import os
import urllib.error
import urllib.request

LINE = json.loads(sys.stdin.readline())
ME, SECRET = LINE["clientId"], LINE["secret"]
TRUST = ssl.create_default_context(cadata=LINE["caPem"])
ENDED = "ended"


class Client:
    """A connection; what ends it is an answer too."""

    def __init__(self):
        plain = socket.create_connection(("localhost", LINE["mqtt"]["port"]), 60)
        self.tls = TRUST.wrap_socket(plain, server_hostname="localhost")

    def send(self, *packets):
        try:
            self.tls.sendall(b"".join(packets))
        except OSError:
            pass
        return self

    def answer(self, wait=60):
        self.tls.settimeout(wait)
        try:
            head = self.tls.recv(1)
            if not head:
                return ENDED, b""
            length = shift = 0
            while True:
                digit = self.tls.recv(1)[0]
                length |= (digit & 127) << shift
                shift += 7
                if digit < 128:
                    break
            body = b""
            while len(body) < length:
                body += self.tls.recv(length - len(body))
            return head[0] >> 4, body
        except socket.timeout:
            return "nothing", b""
        except (OSError, IndexError):
            return ENDED, b""

    def connect(self, client=ME, user=ME, secret=SECRET, level=4, will=None, flags=0xC2):
        body = text(client)
        if will is not None:
            flags |= 0x04
            body += text(will) + text("x")
        if flags & 0x80:
            body += text(user)
        if flags & 0x40:
            body += text(secret)
        properties = b"\x00" if level == 5 else b""
        self.send(packet(0x10, text("MQTT") + bytes([level, flags]) + b"\x00\x3c" + properties + body))
        kind, answer = self.answer()
        return answer[1] if kind == 2 else kind

    def publish(self, topic, first=0x32, payload=b"{}"):
        return self.send(packet(first, text(topic) + b"\x00\x07" + payload)).answer()[0]

    def subscribe(self, wanted):
        kind, body = self.send(packet(0x82, b"\x00\x03" + text(wanted) + b"\x01")).answer()
        return body[2] if kind == 9 else kind

    def lives(self):
        return self.send(b"\xc0\x00").answer()[0] == 13


def inside():
    client = Client()
    assert client.connect() == 0
    return client


def code(**given):
    return Client().connect(**given)


def in_a_child(work):
    """What another process gets that inherited all this one knows, its memory included."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid == 0:
        try:
            os.write(write_end, json.dumps(work()).encode())
        finally:
            os._exit(0)
    os.close(write_end)
    os.waitpid(pid, 0)
    return json.loads(os.read(read_end, 1000) or b"null")


def call(path, method="GET"):
    ask = urllib.request.Request(LINE["api"] + path, method=method, data=None if method == "GET" else b"{}")
    ask.add_header("Authorization", "Basic " + base64.b64encode(f"{ME}:{SECRET}".encode()).decode())
    ask.add_header("Content-Type", "application/json")
    try:
        return urllib.request.urlopen(ask, context=TRUST).status
    except urllib.error.HTTPError as e:
        return e.code


told = {}
# Of one source twenty refusals a minute are records of their own: what is looked for there comes first.
told["admin route"] = {
    "tokens": call("/api/tokens"), "audit": call("/api/audit"), "reload": call("/api/policies/reload", "POST"),
    "plugins": call("/api/plugins"), "jobs": call("/api/jobs")}
client = inside()
told["another process"] = in_a_child(code)
told["stays"] = client.lives()
told["api by another process"] = in_a_child(lambda: call("/api/jobs"))
told["topic"] = {topic: client.publish(topic) for topic in (
    "AuditMessage", "plugin:other/Responses/1", "Other/said", "$SYS/x", "Events/Other")}
told["lives"] = client.lives()

told["will"] = {topic: code(will=topic) for topic in (
    "AuditMessage", "plugin:other/Responses/1", "Other/x", "$SYS/x", "Site/+", "Site/said")}
told["id"] = {name: code(client=name, user=name) for name in (
    ME + "/#", "job:hostile:+", "plugin:#", "plugin:a/b", "plugin:\0", "")}
told["anonymous"] = {
    "no user": code(flags=0x02), "no secret": code(flags=0x82), "another user": code(user="root"),
    "wrong secret": code(secret="x" * 43), "MQTT 5": code(level=5), "MQTT 3.1": code(level=3)}

client = inside()
told["filter"] = {wanted: client.subscribe(wanted) for wanted in (
    "#", "+/#", "$SYS/#", "AuditMessage", "KeeperPolicy", "plugin:other/Responses/+", "Site/#",
    "$share/g/Site/said", "$share//Site/said", "$share", "$share/+/#", "Site/said")}
told["filter"]["deep"] = client.subscribe("/".join(["Site"] * 17))
deep = "/".join(["Site"] * 1100)
told["very deep"] = [inside().publish(deep), inside().subscribe(deep)]

told["retained"] = [inside().publish("Site/said", 0x33)]
client = inside()
told["retained"] += [client.subscribe("Site/said"), client.answer(2)[0]]

told["malformed"] = {name: inside().send(what).answer()[0] for name, what in {
    "reserved type": b"\x00\x00", "reserved flags": b"\x83\x00", "length without end": b"\x30\xff\xff\xff\xff\xff",
    "QoS 3": packet(0x36, text("Site/said") + b"\x00\x01x"), "empty SUBSCRIBE": packet(0x82, b"\x00\x01")}.items()}
told["second CONNECT"] = inside().connect()
told["at once"] = inside().lives()
print(json.dumps(told))
