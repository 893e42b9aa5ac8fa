"""Asks at run.sock as kepm-run does, and passes, with what is asked for, a socket that lingers: whoever lets go of it last
waits for a peer that never reads.

usage: passes-what-lingers.py PROGRAM [ARGUMENT...]      prints what became of each attempt
"""
import array
import os
import socket
import struct
import sys
import time


def lingering():
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    one = socket.create_connection(listener.getsockname())
    one.setblocking(False)
    try:
        while True:
            one.send(b"x" * 65536)
    except BlockingIOError:
        pass
    one.setblocking(True)
    one.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 600))
    return one, listener


def framed(*fields):
    payload = b"".join(field.encode() + b"\0" for field in fields)
    return struct.pack(">I", len(payload)) + payload


def passing(to, data, fd):
    to.sendmsg([data], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [fd]))])


def receive(door):
    """The fields of one frame, and the descriptor that came with it or None."""
    head, ancillary, _, _ = door.recvmsg(4, socket.CMSG_LEN(4))
    if len(head) < 4:
        return None, None
    passed = struct.unpack("i", ancillary[0][2])[0] if ancillary else None
    length, payload = struct.unpack(">I", head)[0], b""
    while len(payload) < length:
        payload += door.recv(length - len(payload))
    return dict(field.split("=", 1) for field in payload.decode().split("\0")[:-1]), passed


poison, never_reads = lingering()
door = socket.socket(socket.AF_UNIX)
door.connect("/run/keeper/run.sock")
question = framed("v=1", "op=run", "runas_user=root", "sudo=0", "interactive=0", "background=0",
                  *["argv=" + word for word in sys.argv[1:]])
try:
    passing(door, question[:1], poison.fileno())
    print("to the agent: passed")
except OSError as e:
    print("to the agent:", e.strerror)
    door.sendall(question)
while True:
    answer, fd = receive(door)
    if answer is None or answer["op"] not in ("wait", "info", "streams"):
        break
    if answer["op"] == "streams":
        supervisor = socket.socket(fileno=fd)
        supervisor.setblocking(True)
        ours, control = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        null = os.open("/dev/null", os.O_RDWR)
        folder = os.open(".", os.O_PATH)
        for name, number in (("folder", folder), ("in", null), ("out", null), ("err", null)):
            passing(supervisor, framed("v=1", "op=stream", "name=" + name), number)
        last = framed("v=1", "op=stream", "name=control")
        passing(supervisor, last[:6], control.fileno())
        # Whoever lets go of it last waits: when the supervisor was faster, that is nobody but this child.
        alone, others = os.pipe()
        if os.fork() == 0:
            os.close(others)
            os.read(alone, 1)
            passing(supervisor, last[6:], poison.fileno())
            os.close(poison.fileno())
            os._exit(0)
        os.close(poison.detach())
        os.close(others)
        supervisor.close()
        control.close()
        time.sleep(0.2)
        print("to the supervisor: passed", flush=True)
print("answer:", answer and answer["op"], answer and answer.get("message", "").replace("\n", " "))
