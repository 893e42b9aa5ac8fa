package io.kepm.linux;

import com.sun.jna.Memory;
import com.sun.jna.Pointer;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Accounts.NameServiceException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The system's name service (passwd and group of nsswitch.conf). Every call may block for as long
 * as a directory takes, and can't be interrupted.
 */
class NameService {

    private static final int FIRST_ROOM = 4096;
    private static final int MOST_ROOM = 1 << 22;
    private static final int MOST_GROUPS = 65536;

    /** One of the four {@code get…_r} calls. */
    private interface Call {
        int into(Pointer entry, Pointer buffer, long length, Pointer result);
    }

    private interface Reading<T> {
        T of(Pointer entry);
    }

    Optional<Account> byName(String name) throws NameServiceException {
        byte[] text = Libc.text(name);
        return account(
                "user `" + name + "`",
                (entry, buffer, length, result) ->
                        Libc.getpwnam_r(text, entry, buffer, length, result));
    }

    Optional<Account> byUid(long uid) throws NameServiceException {
        return account(
                "uid " + uid,
                (entry, buffer, length, result) ->
                        Libc.getpwuid_r((int) uid, entry, buffer, length, result));
    }

    /** The primary group first; one without a name is written {@code #GID}. */
    List<String> groups(Account account) throws NameServiceException {
        Set<String> names = new LinkedHashSet<>();
        names.add(groupName((int) account.gid()));
        for (int gid : gids(account)) {
            names.add(groupName(gid));
        }
        return new ArrayList<>(names);
    }

    Optional<List<String>> members(String group) throws NameServiceException {
        byte[] text = Libc.text(group);
        return look(
                "group `" + group + "`",
                (entry, buffer, length, result) ->
                        Libc.getgrnam_r(text, entry, buffer, length, result),
                entry -> {
                    List<String> members = new ArrayList<>();
                    Pointer list = entry.getPointer(24);
                    for (long at = 0; list != null && list.getPointer(at) != null; at += 8) {
                        members.add(list.getPointer(at).getString(0, "UTF-8"));
                    }
                    return members;
                });
    }

    static int[] gids(Account account) throws NameServiceException {
        byte[] name = Libc.text(account.name());
        for (int room = 64; room <= MOST_GROUPS; room *= 4) {
            int[] gids = new int[room];
            int[] count = {room};
            if (Libc.getgrouplist(name, (int) account.gid(), gids, count) >= 0) {
                return java.util.Arrays.copyOf(gids, count[0]);
            }
        }
        throw new NameServiceException(
                "the groups of user `" + account.name() + "` can't be read: too many");
    }

    private static String groupName(int gid) throws NameServiceException {
        return look(
                        "gid " + Integer.toUnsignedLong(gid),
                        (entry, buffer, length, result) ->
                                Libc.getgrgid_r(gid, entry, buffer, length, result),
                        entry -> text(entry, 0))
                .orElse("#" + Integer.toUnsignedLong(gid));
    }

    private static Optional<Account> account(String what, Call call) throws NameServiceException {
        return look(
                what,
                call,
                entry ->
                        new Account(
                                text(entry, 0),
                                Integer.toUnsignedLong(entry.getInt(16)),
                                Integer.toUnsignedLong(entry.getInt(20)),
                                text(entry, 32),
                                text(entry, 40)));
    }

    private static String text(Pointer entry, long at) {
        Pointer value = entry.getPointer(at);
        return value == null ? "" : value.getString(0, "UTF-8");
    }

    private static <T> Optional<T> look(String what, Call call, Reading<T> reading)
            throws NameServiceException {
        for (int room = FIRST_ROOM; ; room *= 4) {
            try (Memory entry = new Memory(48);
                    Memory buffer = new Memory(room);
                    Memory result = new Memory(8)) {
                result.setPointer(0, null);
                int error = call.into(entry, buffer, room, result);
                if (error == Libc.ERANGE && room < MOST_ROOM) {
                    continue;
                }
                if (result.getPointer(0) != null) {
                    return Optional.of(reading.of(entry));
                }
                if (meansAbsent(error)) {
                    return Optional.empty();
                }
                throw new NameServiceException(what + ": the name service: " + Libc.words(error));
            }
        }
    }

    /** getpwnam(3) lists these as "the name was not found". */
    private static boolean meansAbsent(int error) {
        return error == 0
                || error == Libc.ENOENT
                || error == Libc.ESRCH
                || error == Libc.EBADF
                || error == Libc.EPERM;
    }
}
