"""The password check against real PAM, as root, in a mount namespace of its own: the machine's accounts are not touched."""
import os
import pathlib
import subprocess
import sys
import tempfile

PASSWORD = os.path.abspath(sys.argv[1])
failures = []

# Asks two hidden questions in one conversation, and is content with whatever is answered.
TWO = r"""
#include <security/pam_modules.h>
#include <stddef.h>
int pam_sm_authenticate(pam_handle_t *pam, int flags, int argc, const char **argv)
{
    const struct pam_message first = {PAM_PROMPT_ECHO_OFF, "Password: "}, second = {PAM_PROMPT_ECHO_OFF, "Code: "};
    const struct pam_message *both[] = {&first, &second};
    struct pam_response *answers = NULL;
    const struct pam_conv *conversation;
    (void)flags, (void)argc, (void)argv;
    if (pam_get_item(pam, PAM_CONV, (const void **)&conversation) != PAM_SUCCESS)
        return PAM_SYSTEM_ERR;
    return conversation->conv(2, both, &answers, conversation->appdata_ptr);
}
int pam_sm_setcred(pam_handle_t *pam, int flags, int argc, const char **argv)
{
    (void)pam, (void)flags, (void)argc, (void)argv;
    return PAM_SUCCESS;
}
"""


def check(holds, claim):
    if not holds:
        failures.append(claim)
        print("password.py: not so:", claim)


def verdict(user, secret):
    return subprocess.run([PASSWORD, user], input=secret, capture_output=True, timeout=120).returncode


def inside():
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        word = subprocess.run(["openssl", "passwd", "-6", "-stdin"], input="right one", text=True, capture_output=True, check=True)
        line = "%s:x:%d:%d::/nonexistent:/usr/sbin/nologin\n"
        (folder / "passwd").write_text("root:x:0:0::/root:/bin/sh\n" + "".join(line % (n, 900 + i, 900 + i) for i, n in enumerate(("anna", "empty", "locked", "old"))))
        (folder / "shadow").write_text("anna:%s:20000:0:99999:7:::\nempty::20000:0:99999:7:::\nlocked:!:20000:0:99999:7:::\nold:%s:20000:0:99999:7::1:\n" % (word.stdout.strip(), word.stdout.strip()))
        (folder / "shadow").chmod(0o600)
        (folder / "pam.d").mkdir()
        (folder / "pam.d/other").write_text("auth required pam_permit.so\naccount required pam_permit.so\n")
        subprocess.run(["gcc", "-shared", "-fPIC", "-o", str(folder / "pam_two.so"), "-x", "c", "-", "-lpam"], input=TWO, text=True, check=True)
        for part in ("passwd", "shadow", "pam.d"):
            subprocess.run(["mount", "--bind", str(folder / part), "/etc/" + part], check=True)
        check(verdict("anna", b"right one") == 2, "without a service of its own nobody can say, whatever `other` permits")
        (folder / "pam.d/kepm").write_text("auth required pam_unix.so nodelay\naccount required pam_unix.so\n")
        check(verdict("anna", b"right one") == 0, "the right password is right")
        for wrong in (b"wrong", b"", b"right one\n", b"right one\0", b"right one\0more", b"x" * 600):
            check(verdict("anna", wrong) == 1, "this password is wrong: %r" % wrong[:20])
        check(verdict("empty", b"") == 1 and verdict("empty", b"x") == 1, "an account without a password is nobody's")
        check(verdict("locked", b"!") == 1, "a locked account has no password")
        check(verdict("old", b"right one") == 1, "an expired account may not be used")
        check(verdict("nobody-here", b"x") == 1, "an unknown user is wrong")
        two = "%s/pam_two.so" % folder
        for stack, what in (("required pam_unix.so nodelay\nauth required " + two, "after the password was right"),
                            ("optional " + two + "\nauth required pam_unix.so nodelay", "by one that does not count, before"),
                            ("required " + two, "together with the first")):
            (folder / "pam.d/kepm").write_text("auth " + stack + "\naccount required pam_unix.so\n")
            check(verdict("anna", b"right one") == 2, "nobody can say when a second hidden question is asked " + what)
            check(verdict("anna", b"wrong") in (1, 2), "a wrong password is not right when one is asked " + what)
        (folder / "pam.d/kepm").write_text("auth sufficient pam_unix.so nodelay\nauth required " + two + "\naccount required pam_unix.so\n")
        check(verdict("anna", b"wrong") != 0, "a second question after a wrong password never says yes")
        check(verdict("anna", b"right one") == 0, "a module that is not reached asks nothing")
        (folder / "pam.d/kepm").write_text("auth required pam_no_such_module.so\naccount required pam_unix.so\n")
        check(verdict("anna", b"right one") != 0, "a module that is missing never says yes")
        check(subprocess.run([PASSWORD], input=b"x").returncode == 2, "without a user nobody can say")
    return 1 if failures else 0


if os.getuid() != 0:
    print("password.py: SKIPPED: needs root")
    sys.exit(0)
if len(sys.argv) > 2:
    sys.exit(inside())
sys.exit(subprocess.run(["unshare", "--mount", "--propagation", "private", sys.executable, __file__, PASSWORD, "inside"]).returncode)
