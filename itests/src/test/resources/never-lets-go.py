"""A file system (FUSE) of a user's own, with one file that can be written, and that never answers when it is closed.

usage: never-lets-go.py FOLDER UID GID      mounts it as root for that user, and serves it as that user
"""
import ctypes
import errno
import os
import stat
import struct
import sys

folder, uid, gid = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
LOOKUP, FORGET, GETATTR, SETATTR, OPEN, WRITE, RELEASE, FLUSH, INIT, OPENDIR, RELEASEDIR = 1, 2, 3, 4, 14, 16, 18, 25, 26, 27, 29
ROOT, FILE = 1, 2

if not os.path.exists("/dev/fuse"):
    os.mknod("/dev/fuse", 0o666 | stat.S_IFCHR, os.makedev(10, 229))
fuse = os.open("/dev/fuse", os.O_RDWR)
options = f"fd={fuse},rootmode=40000,user_id={uid},group_id={gid}".encode()
if ctypes.CDLL(None, use_errno=True).mount(b"never", folder.encode(), b"fuse", 6, options) != 0:
    sys.exit(f"mount: {os.strerror(ctypes.get_errno())}")
os.setgroups([])
os.setgid(gid)
os.setuid(uid)


def attributes(node):
    mode = stat.S_IFDIR | 0o755 if node == ROOT else stat.S_IFREG | 0o666
    return struct.pack("<6Q10I", node, 0, 0, 0, 0, 0, 0, 0, 0, mode, 1, uid, gid, 0, 4096, 0)


def answer(operation, node, body):
    if operation == INIT:
        return struct.pack("<4I2H2I2H8I", 7, 31, 65536, 0, 8, 8, 65536, 1, 0, 0, *[0] * 8)
    if operation == LOOKUP:
        return struct.pack("<4Q2I", FILE, 0, 60, 60, 0, 0) + attributes(FILE) if body == b"file\0" else errno.ENOENT
    if operation in (GETATTR, SETATTR):
        return struct.pack("<Q2I", 60, 0, 0) + attributes(node)
    if operation in (OPEN, OPENDIR):
        return struct.pack("<Q2I", 1, 0, 0)
    if operation == WRITE:
        return struct.pack("<2I", struct.unpack_from("<I", body, 16)[0], 0)
    return b"" if operation in (RELEASE, RELEASEDIR) else errno.ENOSYS


while True:
    try:
        request = os.read(fuse, 1 << 20)
    except OSError:
        break  # unmounted
    _, operation, unique, node = struct.unpack_from("<IIQQ", request)
    if operation in (FORGET, FLUSH):
        continue
    said = answer(operation, node, request[40:])
    fault, said = (said, b"") if isinstance(said, int) else (0, said)
    os.write(fuse, struct.pack("<IiQ", 16 + len(said), -fault, unique) + said)
