"""A stand-in for the agent on decide.sock: records what arrives and plays one scenario at a time."""
import array
import os
import socket
import struct
import threading

MAX = 1024 * 1024


def frame(**fields):
    payload = b"".join(f"{k}={v}".encode() + b"\0" for k, v in fields.items())
    return struct.pack(">I", len(payload)) + payload


class Connection:
    def __init__(self, sock):
        self.sock = sock
        self.fds = []

    def _take(self, count):
        data = b""
        while len(data) < count:
            chunk, control, _, _ = self.sock.recvmsg(min(65536, count - len(data)), socket.CMSG_SPACE(64))
            for level, kind, raw in control:
                if level == socket.SOL_SOCKET and kind == socket.SCM_RIGHTS:
                    numbers = array.array("i")
                    numbers.frombytes(raw[: len(raw) - len(raw) % 4])
                    self.fds += list(numbers)
            if not chunk:
                return None
            data += chunk
        return data

    def read(self):
        head = self._take(4)
        if head is None:
            return None
        payload = self._take(struct.unpack(">I", head)[0])
        if payload is None:
            return None
        fields = Fields()
        for part in payload.decode("utf-8", "surrogateescape").split("\0")[:-1]:
            key, _, value = part.partition("=")
            fields.setdefault(key, []).append(value)
        fields.fds = len(self.fds)
        fields.inodes = [(os.fstat(fd).st_dev, os.fstat(fd).st_ino) for fd in self.fds]
        return fields

    def send(self, **fields):
        self.sock.sendall(frame(**fields))

    def raw(self, data):
        self.sock.sendall(data)

    def close(self):
        for fd in self.fds:
            os.close(fd)
        self.fds = []
        self.sock.close()


class Fields(dict):
    fds = 0
    inodes = ()

    def one(self, key):
        values = self.get(key, [])
        return values[0] if len(values) == 1 else None


def allow(connection, fields, agent):
    connection.send(op="allow", grant="g1", request="r1")


class Agent:
    """`play(connection, fields, agent)` answers a check; root and close frames are only recorded."""

    def __init__(self, path):
        self.path = path
        self.play = allow
        self.seen = []
        self.sock = None
        self.changed = threading.Condition()

    def start(self):
        self.stop()
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.bind(self.path)
        os.chmod(self.path, 0o600)
        self.sock.listen(64)
        threading.Thread(target=self._serve, args=(self.sock,), daemon=True).start()

    def stop(self):
        if self.sock is not None:
            self.sock.shutdown(socket.SHUT_RDWR)
            self.sock.close()
            self.sock = None
        if os.path.exists(self.path):
            os.unlink(self.path)

    def _serve(self, sock):
        while True:
            try:
                peer, _ = sock.accept()
            except OSError:
                return
            threading.Thread(target=self._talk, args=(Connection(peer),), daemon=True).start()

    def _talk(self, connection):
        try:
            fields = connection.read()
            if fields is None:
                return
            with self.changed:
                self.seen.append(fields)
                self.changed.notify_all()
            if fields.one("op") == "check":
                self.play(connection, fields, self)
        except OSError:
            pass
        finally:
            connection.close()

    def wait_for(self, op, count=1, seconds=3):
        with self.changed:
            self.changed.wait_for(lambda: len(self.of(op)) >= count, seconds)
            return self.of(op)

    def of(self, op):
        return [f for f in self.seen if f.one("op") == op]
