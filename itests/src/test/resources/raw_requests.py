"""Sends exactly the bytes it is told to and tells what came back.

reads a JSON list of {"door": "https|http|unix|PATH|tcp:PORT", "bytes": latin-1 text}
prints a JSON list of {"status", "headers", "body"}; status 0: the connection ended, or nothing came, without an answer
"""
import json
import socket
import ssl
import sys

TRUST = ssl.create_default_context(cafile="/run/keeper/agent.crt")


def connect(door):
    if door == "http":
        return socket.create_connection(("127.0.0.1", 6888), 60)
    if door.startswith("tcp:"):
        return socket.create_connection(("127.0.0.1", int(door[4:])), 60)
    if door == "https":
        return TRUST.wrap_socket(socket.create_connection(("127.0.0.1", 6889), 60), server_hostname="localhost")
    unix = socket.socket(socket.AF_UNIX)
    unix.settimeout(60)
    unix.connect("/run/keeper/agent.sock" if door == "unix" else door)
    return unix


def answer(stream, head):
    start = stream.readline().decode("latin-1")
    if not start.startswith("HTTP/1.1 "):
        return {"status": 0, "headers": {}, "body": ""}
    headers = {}
    for line in iter(lambda: stream.readline().decode("latin-1").rstrip("\r\n"), ""):
        name, _, value = line.partition(":")
        headers[name.lower()] = value.strip()
    length = 0 if head else int(headers.get("content-length", "0"))
    return {"status": int(start.split()[1]), "headers": headers, "body": stream.read(length).decode("utf-8", "replace")}


def ask(case):
    try:
        with connect(case["door"]) as connection:
            data = case["bytes"].encode("latin-1")
            try:
                connection.sendall(data)
            except OSError:
                pass  # The answer may have come, and the connection be closed, before all was sent.
            if case.get("hang_up"):
                return {"status": 0, "headers": {}, "body": ""}
            with connection.makefile("rb") as stream:
                return answer(stream, data.startswith(b"HEAD"))
    except (OSError, ValueError) as fault:
        return {"status": 0, "headers": {}, "body": str(fault)}


print(json.dumps([ask(case) for case in json.load(sys.stdin)]))
