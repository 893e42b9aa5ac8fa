"""Asks policy over the broker with nothing but Python's own library, and prints the answer.

usage: ask_by_broker.py PORT CERTIFICATE CLIENT-ID    the launch secret comes on standard input
"""
import json
import socket
import ssl
import struct
import sys


def text(value):
    data = value.encode()
    return struct.pack(">H", len(data)) + data


def packet(first, body):
    length, digits = len(body), b""
    while True:
        length, digit = divmod(length, 128)
        digits += bytes([digit | 128 if length else digit])
        if not length:
            return bytes([first]) + digits + body


def read(stream):
    first = stream.read(1)
    if not first:
        sys.exit("the broker ended the connection")
    length = shift = 0
    while True:
        digit = stream.read(1)[0]
        length |= (digit & 127) << shift
        shift += 7
        if digit < 128:
            return first[0] >> 4, stream.read(length)


def main():
    port, certificate, client = int(sys.argv[1]), sys.argv[2], sys.argv[3]
    secret = sys.stdin.readline().strip()
    context = ssl.create_default_context(cafile=certificate)
    with socket.create_connection(("localhost", port), 60) as plain:
        with context.wrap_socket(plain, server_hostname="localhost") as tls:
            stream = tls.makefile("rb")
            tls.sendall(packet(0x10, text("MQTT") + b"\x04\xc2\x00\x3c" + text(client) + text(client) + text(secret)))
            kind, body = read(stream)
            if kind != 2 or body[1] != 0:
                sys.exit(f"refused with code {body[1]}")
            tls.sendall(packet(0x82, b"\x00\x01" + text(client + "/Responses/+") + b"\x01"))
            read(stream)
            request = {
                "correlationId": "1",
                "eventType": "CommandLine",
                "user": {"name": "alice", "uid": 1000},
                "target": {"path": "/usr/bin/id", "argv": ["id"]},
            }
            tls.sendall(packet(0x30, text("KeeperPolicy") + json.dumps(request).encode()))
            while True:
                kind, body = read(stream)
                if kind == 3:
                    length = struct.unpack(">H", body[:2])[0]
                    print(body[4 + length:].decode())
                    tls.sendall(packet(0xE0, b""))
                    return


main()
