"""Runs a command on a new terminal, waits for a text, types a line, and passes output and exit code on.

usage: type_at_prompt.py PROMPT LINE COMMAND...   (`^C` as LINE types the interrupt character)
"""
import os
import pty
import sys
import time


def main() -> int:
    prompt, line, command = sys.argv[1].encode(), sys.argv[2], sys.argv[3:]
    pid, terminal = pty.fork()
    if pid == 0:
        os.execvp(command[0], command)
    seen, typed, end = b"", False, time.monotonic() + 250
    while time.monotonic() < end:
        try:
            part = os.read(terminal, 65536)
        except OSError:
            break
        if not part:
            break
        seen += part
        if prompt and prompt in seen and not typed:
            typed = True
            time.sleep(0.3)
            os.write(terminal, b"\x03" if line == "^C" else line.encode() + b"\n")
    sys.stdout.buffer.write(seen)
    sys.stdout.flush()
    _, status = os.waitpid(pid, 0)
    return os.waitstatus_to_exitcode(status) & 0xFF


sys.exit(main())
