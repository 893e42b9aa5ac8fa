package io.kepm.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The C library, as far as we call it (64-bit Linux on x86-64 and aarch64, whose layouts and
 * numbers are the same for all that stands here but one, which {@link Epoll} knows). {@code size_t}
 * and {@code ssize_t} are {@code long}; errno is {@link Native#getLastError()}, asked at once after
 * the call.
 *
 * <p>Texts go in as bytes with a NUL, so that the locale of the JVM has no say in file names.
 */
final class Libc {

    static final int AF_UNIX = 1;
    static final int SOCK_STREAM = 1;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_SEQPACKET = 5;
    static final int CLOEXEC = 0x80000;
    static final int NONBLOCK = 0x800;
    static final int SOL_SOCKET = 1;
    static final int SO_PEERCRED = 17;
    static final int SO_PEERPIDFD = 77;
    static final int SO_PASSRIGHTS = 83;
    static final int SCM_RIGHTS = 1;
    static final int MSG_CTRUNC = 0x8;
    static final int MSG_DONTWAIT = 0x40;
    static final int MSG_NOSIGNAL = 0x4000;
    static final int MSG_CMSG_CLOEXEC = 0x40000000;
    static final int SHUT_RDWR = 2;
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_NETLINK = 16;
    static final int NETLINK_SOCK_DIAG = 4;
    static final int SYS_PIDFD_SEND_SIGNAL = 424;
    static final int SYS_PIDFD_OPEN = 434;
    static final int SIGHUP = 1;
    static final int SIGKILL = 9;
    static final int SIGTERM = 15;
    static final int SIGCONT = 18;
    static final short POLLIN = 1;
    static final short POLLOUT = 4;

    static final int O_RDONLY = 0;
    static final int O_WRONLY = 1;
    static final int O_NOCTTY = 0x100;
    static final int O_PATH = 0x200000;
    static final int O_ACCMODE = 3;
    static final int F_GETFL = 3;
    static final int AT_FDCWD = -100;
    static final int AT_SYMLINK_NOFOLLOW = 0x100;
    static final int AT_STATX_DONT_SYNC = 0x4000;
    static final int AT_EMPTY_PATH = 0x1000;

    static final int ENOENT = 2;
    static final int ESRCH = 3;
    static final int EINTR = 4;
    static final int EBADF = 9;
    static final int EAGAIN = 11;
    static final int ECONNRESET = 104;
    static final int EPERM = 1;
    static final int ENOTDIR = 20;
    static final int EMFILE = 24;
    static final int ENFILE = 23;
    static final int ERANGE = 34;
    static final int ENOPROTOOPT = 92;
    static final int ECONNREFUSED = 111;

    static {
        Native.register(Libc.class, "libc.so.6");
    }

    private Libc() {}

    static native int socket(int domain, int type, int protocol);

    static native int socketpair(int domain, int type, int protocol, int[] ends);

    static native int isatty(int fd);

    static native int kill(int pid, int signal);

    static native int bind(int fd, byte[] address, int length);

    static native int connect(int fd, byte[] address, int length);

    static native int listen(int fd, int backlog);

    static native int accept4(
            int fd, @Nullable Pointer address, @Nullable Pointer length, int flags);

    static native int poll(Pointer fds, long count, int timeoutMillis);

    static native int epoll_create1(int flags);

    static native int epoll_ctl(int epoll, int operation, int fd, @Nullable Pointer event);

    static native int epoll_wait(int epoll, Pointer events, int most, int timeoutMillis);

    static native long recvmsg(int fd, Pointer message, int flags);

    static native long sendmsg(int fd, Pointer message, int flags);

    static native long send(int fd, byte[] bytes, long length, int flags);

    static native long sendto(
            int fd, byte[] bytes, long length, int flags, byte[] address, int addressLength);

    static native long recv(int fd, byte[] bytes, long length, int flags);

    static native int shutdown(int fd, int how);

    /** A call that older C libraries have no name for; its numbers are the same on both. */
    static native long syscall(long number, long first, long second, long third, long fourth);

    static native int setsockopt(int fd, int level, int name, int[] value, int length);

    static native int getsockopt(int fd, int level, int name, int[] value, int[] length);

    static native int close(int fd);

    static native int pipe2(int[] ends, int flags);

    static native long write(int fd, byte[] bytes, long length);

    static native int fchmod(int fd, int mode);

    static native int chmod(byte[] path, int mode);

    static native int unlink(byte[] path);

    static native int open(byte[] path, int flags);

    static native int fcntl(int fd, int command);

    static native long pread(int fd, Pointer buffer, long length, long offset);

    static native long readlink(byte[] path, byte[] target, long length);

    static native int statx(int dirFd, byte[] path, int flags, int mask, byte[] status);

    static native long lgetxattr(byte[] path, byte[] name, @Nullable Pointer value, long length);

    static native int gethostname(byte[] name, long length);

    static native int geteuid();

    static native int getpwnam_r(
            byte[] name, Pointer passwd, Pointer buffer, long length, Pointer result);

    static native int getpwuid_r(
            int uid, Pointer passwd, Pointer buffer, long length, Pointer result);

    static native int getgrnam_r(
            byte[] name, Pointer group, Pointer buffer, long length, Pointer result);

    static native int getgrgid_r(
            int gid, Pointer group, Pointer buffer, long length, Pointer result);

    static native int getgrouplist(byte[] user, int gid, int[] groups, int[] count);

    static native Pointer strerror(int number);

    /** UTF-8 with the closing NUL. */
    static byte[] text(String value) {
        if (value.indexOf('\0') >= 0) {
            throw new IllegalArgumentException("a text for the system holds a NUL");
        }
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        return Arrays.copyOf(bytes, bytes.length + 1);
    }

    /** The words of the C library for an errno. */
    static String words(int errno) {
        return strerror(errno).getString(0, "UTF-8");
    }
}
