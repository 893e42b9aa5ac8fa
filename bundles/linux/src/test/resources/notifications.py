"""A desktop that shows nothing: owns org.freedesktop.Notifications on a bus, and prints what it is told as JSON.

usage: notifications.py SOCKET; knows no more of D-Bus than that takes (little endian, protocol 1).
"""
import json
import os
import socket
import struct
import sys

CALL, RETURN = 1, 2
PATH, INTERFACE, MEMBER, REPLY_SERIAL, DESTINATION, SENDER, SIGNATURE = 1, 2, 3, 5, 6, 7, 8
ALIGN = {"y": 1, "g": 1, "b": 4, "u": 4, "i": 4, "s": 4, "o": 4, "a": 4, "v": 1, "(": 8, "{": 8}


def aligned(data, to):
    return data + b"\0" * (-len(data) % to)


def put(data, kind, value):
    data = aligned(data, ALIGN[kind])
    if kind == "u":
        return data + struct.pack("<I", value)
    text = value.encode() + b"\0"
    return data + (struct.pack("<B" if kind == "g" else "<I", len(text) - 1) + text)


def message(kind, serial, fields, signature="", values=()):
    body = b""
    for each, value in zip(signature, values):
        body = put(body, each, value)
    if signature:
        fields = fields + [(SIGNATURE, "g", signature)]
    listed = b""
    for code, each, value in fields:
        listed = aligned(listed, 8) + bytes([code]) + put(b"", "g", each)
        listed = put(listed, each, value)
    head = struct.pack("<cBBBIII", b"l", kind, 0, 1, len(body), serial, len(listed))
    return aligned(head + listed, 8) + body


class Reader:
    def __init__(self, data, at=0):
        self.data, self.at = data, at

    def take(self, form):
        value = struct.unpack_from(form, self.data, self.at)[0]
        self.at += struct.calcsize(form)
        return value

    def align(self, to):
        self.at += -self.at % to

    def text(self, length):
        value = self.data[self.at:self.at + length].decode()
        self.at += length + 1
        return value

    def value(self, signature):
        """The first complete value of a signature, and what is left of that."""
        kind, rest = signature[0], signature[1:]
        self.align(ALIGN[kind])
        if kind in "uib":
            return self.take("<i" if kind == "i" else "<I"), rest
        if kind == "y":
            return self.take("<B"), rest
        if kind in "so":
            return self.text(self.take("<I")), rest
        if kind == "g":
            return self.text(self.take("<B")), rest
        if kind == "v":
            return self.value(self.text(self.take("<B")))[0], rest
        length = self.take("<I")
        self.align(ALIGN[rest[0]])
        end, items = self.at + length, []
        inner = rest[1:rest.index("}")] if rest[0] == "{" else rest[0]
        while self.at < end:
            self.align(ALIGN[rest[0]])
            item, left = [], inner
            while left:
                value, left = self.value(left)
                item.append(value)
            items.append(item if rest[0] == "{" else item[0])
        return items, rest[rest.index("}") + 1:] if rest[0] == "{" else rest[1:]


def receive(bus):
    def exactly(count):
        data = b""
        while len(data) < count:
            more = bus.recv(count - len(data))
            if not more:
                sys.exit(0)
            data += more
        return data
    head = exactly(16)
    body_length, serial, fields_length = struct.unpack_from("<I", head, 4)[0], struct.unpack_from("<I", head, 8)[0], struct.unpack_from("<I", head, 12)[0]
    listed = exactly(fields_length + -fields_length % 8)
    body = exactly(body_length)
    reader, fields = Reader(listed), {}
    while reader.at < fields_length:
        reader.align(8)
        code = reader.take("<B")
        fields[code] = reader.value("v")[0]
    return head[1], serial, fields, body


def main():
    bus = socket.socket(socket.AF_UNIX)
    bus.connect(sys.argv[1])
    bus.sendall(b"\0AUTH EXTERNAL " + str(os.getuid()).encode().hex().encode() + b"\r\n")
    if not bus.recv(200).startswith(b"OK"):
        sys.exit("not let in")
    bus.sendall(b"BEGIN\r\n")
    daemon = [(DESTINATION, "s", "org.freedesktop.DBus"), (PATH, "o", "/org/freedesktop/DBus"), (INTERFACE, "s", "org.freedesktop.DBus")]
    bus.sendall(message(CALL, 1, daemon + [(MEMBER, "s", "Hello")]))
    bus.sendall(message(CALL, 2, daemon + [(MEMBER, "s", "RequestName")], "su", ("org.freedesktop.Notifications", 4)))
    answered, shown = 2, 0
    while True:
        kind, serial, fields, body = receive(bus)
        if kind == RETURN and fields.get(REPLY_SERIAL) == 2:
            print("ready", flush=True)
        if kind != CALL:
            continue
        answered += 1
        back = [(REPLY_SERIAL, "u", serial), (DESTINATION, "s", fields[SENDER])]
        member = fields.get(MEMBER)
        if member == "Notify":
            reader, values, left = Reader(body), [], fields[SIGNATURE]
            while left:
                value, left = reader.value(left)
                values.append(value)
            print(json.dumps(values), flush=True)
            shown += 1
            bus.sendall(message(RETURN, answered, back, "u", (shown,)))
        elif member == "Introspect":
            bus.sendall(message(RETURN, answered, back, "s", ("<node/>",)))
        elif member == "GetServerInformation":
            bus.sendall(message(RETURN, answered, back, "ssss", ("test", "kepm", "1", "1.2")))
        else:
            bus.sendall(message(RETURN, answered, back))


main()
