#!/usr/bin/env python3
"""Counts denials, over MQTT 3.1.1 and with Python's own library alone.

The agent starts it as its own user, and tells it in one line of its input who it is, its secret for this run, the
broker's certificate and address. Nothing of that is in its arguments or its environment.
"""
import json
import socket
import ssl
import struct
import sys

# What the agent asks to hear whether this still works, and where it hears the same back, with what `kepm plugin list`
# shows of it.
PING, PONG = "denial-listener/Commands/Ping", "denial-listener/Responses/Ping"


def text(value):
    data = value.encode()
    return struct.pack("!H", len(data)) + data


def packet(kind, body):
    length, size = b"", len(body)
    while True:
        size, digit = divmod(size, 128)
        length += bytes([digit | (0x80 if size else 0)])
        if not size:
            return bytes([kind]) + length + body


def read(stream):
    kind = stream.read(1)
    if not kind:
        raise SystemExit("the broker closed the connection")
    size, shift = 0, 0
    while True:
        digit = stream.read(1)[0]
        size |= (digit & 0x7F) << shift
        shift += 7
        if not digit & 0x80:
            return kind[0], stream.read(size)


def connect(launch):
    trust = ssl.create_default_context(cadata=launch["caPem"])
    trust.check_hostname = False
    broker = launch["mqtt"]
    plain = socket.create_connection((broker["host"], int(broker["port"])), timeout=10)
    return trust.wrap_socket(plain)


def main():
    launch = json.loads(sys.stdin.readline())
    name = launch["clientId"]
    connection = connect(launch)
    stream = connection.makefile("rb")
    # Clean session, with user name and password; heard of again within 60 s.
    flags = 0x80 | 0x40 | 0x02
    head = text("MQTT") + bytes([4, flags]) + struct.pack("!H", 60)
    connection.sendall(packet(0x10, head + text(name) + text(name) + text(launch["secret"])))
    kind, body = read(stream)
    if kind != 0x20 or body[1] != 0:
        raise SystemExit(f"the broker refused: {body[1]}")
    filters = b"".join(text(topic) + b"\0" for topic in ("AuditMessage", PING))
    connection.sendall(packet(0x82, struct.pack("!H", 1) + filters))
    connection.settimeout(30)
    print("listening", flush=True)
    denied = 0
    while True:
        try:
            kind, body = read(stream)
        except TimeoutError:
            connection.sendall(packet(0xC0, b""))
            continue
        if kind & 0xF0 == 0x30:
            size = struct.unpack("!H", body[:2])[0]
            topic, payload = body[2:2 + size].decode(), body[2 + size:]
            if topic == PING:
                answer = json.loads(payload) | {"detail": f"{denied} denials heard"}
                connection.sendall(packet(0x30, text(PONG) + json.dumps(answer).encode()))
                continue
            record = json.loads(payload)
            if record.get("outcome") in ("DENY", "REFUSED"):
                denied += 1
                print(denied, "denials heard", flush=True)


if __name__ == "__main__":
    main()
