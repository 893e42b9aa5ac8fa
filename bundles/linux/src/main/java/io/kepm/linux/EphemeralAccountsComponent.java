package io.kepm.linux;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.Account;
import io.kepm.api.linux.Commands;
import io.kepm.api.linux.EphemeralAccounts;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * By the system's own useradd(8) and userdel(8), which lock the files of accounts.
 *
 * <p>INVARIANT: nothing is ended or removed but what has our prefix and a number of our range.
 */
@Component
public final class EphemeralAccountsComponent implements EphemeralAccounts {

    private static final Logger LOG = LoggerFactory.getLogger(EphemeralAccountsComponent.class);

    private static final Duration TIME = Duration.ofSeconds(20);
    private static final Duration UNTIL_GONE = Duration.ofSeconds(5);
    private static final Pattern NAME = Pattern.compile(Pattern.quote(PREFIX) + "[0-9a-f]{1,12}");
    private static final List<String> EVERYBODYS =
            List.of("/tmp", "/var/tmp", "/dev/shm", "/var/mail", "/var/spool/mail");

    private final Commands commands;
    private final EphemeralNumbers numbers;
    private final Path passwd;
    private final Path homes;

    @Activate
    public EphemeralAccountsComponent(@Reference Commands commands, @Reference Accounts accounts) {
        this(
                commands,
                new EphemeralNumbers(
                        accounts,
                        Path.of(System.getProperty("kepm.state", "/var/lib/kepm"))
                                .resolve("last-account")),
                Path.of("/etc/passwd"),
                Path.of(System.getProperty("kepm.run", "/run/keeper")).resolve("homes"));
    }

    EphemeralAccountsComponent(
            Commands commands, EphemeralNumbers numbers, Path passwd, Path homes) {
        this.commands = commands;
        this.numbers = numbers;
        this.passwd = passwd;
        this.homes = homes;
    }

    @Override
    public synchronized Account create(String grantId, List<Long> groups) throws IOException {
        String name = EphemeralAccounts.name(grantId);
        if (!NAME.matcher(name).matches()) {
            throw new IOException("`" + grantId + "` is not the id of a grant");
        }
        if (find(name).isPresent()) {
            throw new IOException("the account `" + name + "` is there already");
        }
        try {
            make(name, numbers.next(), groups);
            return find(name).orElseThrow(() -> new IOException("useradd made no `" + name + "`"));
        } catch (IOException e) {
            remove(name);
            throw e;
        }
    }

    private void make(String name, long uid, List<Long> groups) throws IOException {
        String home = homes.resolve(name).toString();
        List<String> argv =
                new ArrayList<>(List.of("/usr/sbin/useradd", "--no-log-init", "--no-create-home"));
        argv.addAll(List.of("--home-dir", home, "--shell", "/usr/sbin/nologin"));
        argv.addAll(List.of("--user-group", "--uid", Long.toString(uid)));
        argv.addAll(List.of("--comment", "made by KEPM for one command"));
        // Nobody's numbers beneath it: they would be the next one's.
        argv.addAll(List.of("--key", "SUB_UID_COUNT=0", "--key", "SUB_GID_COUNT=0"));
        if (!groups.isEmpty()) {
            String all = groups.stream().map(String::valueOf).collect(Collectors.joining(","));
            argv.addAll(List.of("--groups", all));
        }
        argv.add(name);
        run(argv);
        run(List.of("/usr/bin/install", "-d", "-m", "0711", homes.toString()));
        run(List.of("/usr/bin/install", "-d", "-m", "0700", "-o", name, "-g", name, home));
    }

    @Override
    public synchronized void remove(String name) throws IOException {
        if (!NAME.matcher(name).matches()) {
            throw new IOException("`" + name + "` is no account of ours");
        }
        Optional<Account> account = find(name);
        if (account.isPresent()) {
            long uid = account.get().uid();
            if (!EphemeralNumbers.has(uid)) {
                throw new IOException("`" + name + "` has uid " + uid + ", which is none of ours");
            }
            endAll(uid);
            run(List.of("/usr/sbin/userdel", name));
            sweep(uid);
        }
        Path home = homes.resolve(name);
        if (Files.exists(home, java.nio.file.LinkOption.NOFOLLOW_LINKS)) {
            run(List.of("/usr/bin/rm", "-rf", "--one-file-system", "--", home.toString()));
        }
    }

    /**
     * What it left for whoever gets its number one day. Nothing of it runs any more. That others
     * put something into its folders, or take it away meanwhile, keeps the account no longer.
     */
    private void sweep(long uid) {
        List<String> argv = new ArrayList<>(List.of("/usr/bin/find"));
        EVERYBODYS.stream().filter(folder -> Files.isDirectory(Path.of(folder))).forEach(argv::add);
        argv.addAll(List.of("-xdev", "-depth", "-uid", Long.toString(uid), "-delete"));
        try {
            run(argv);
        } catch (IOException e) {
            LOG.warn("something of uid {} may be left: {}", uid, e.getMessage());
        }
    }

    private static void endAll(long uid) throws IOException {
        Deadline deadline = Deadline.in(UNTIL_GONE, "ending what runs as uid " + uid);
        try {
            for (List<Integer> left = of(uid); !left.isEmpty(); left = of(uid)) {
                left.forEach(pid -> Libc.kill(pid, Libc.SIGKILL));
                Thread.sleep(Math.min(10, deadline.millisLeft()));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while ending what runs as uid " + uid, e);
        }
    }

    private static List<Integer> of(long uid) throws IOException {
        List<Integer> found = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(Path.of("/proc"), "[0-9]*")) {
            for (Path one : all) {
                if (isOf(one, uid)) {
                    found.add(Integer.parseInt(String.valueOf(one.getFileName())));
                }
            }
        }
        return found;
    }

    /** By any of its four numbers; what has ended and was not waited for runs no more. */
    private static boolean isOf(Path process, long uid) {
        try {
            String status =
                    Files.readString(process.resolve("status"), StandardCharsets.ISO_8859_1);
            return !status.contains("\nState:\tZ")
                    && status.lines()
                            .filter(line -> line.startsWith("Uid:"))
                            .flatMap(line -> Stream.of(line.substring(4).strip().split("\t")))
                            .anyMatch(Long.toString(uid)::equals);
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public Set<String> present() throws IOException {
        try (Stream<String> lines = Files.lines(passwd, StandardCharsets.ISO_8859_1)) {
            return lines.map(line -> line.split(":", 2)[0])
                    .filter(name -> NAME.matcher(name).matches())
                    .collect(Collectors.toUnmodifiableSet());
        }
    }

    private Optional<Account> find(String name) throws IOException {
        try (Stream<String> lines = Files.lines(passwd, StandardCharsets.ISO_8859_1)) {
            return lines.map(line -> line.split(":", -1))
                    .filter(field -> field.length == 7 && field[0].equals(name))
                    .map(
                            field ->
                                    new Account(
                                            name,
                                            Long.parseLong(field[2]),
                                            Long.parseLong(field[3]),
                                            field[5],
                                            field[6]))
                    .findFirst();
        } catch (NumberFormatException e) {
            throw new IOException("`" + passwd + "` is not understood", e);
        }
    }

    private void run(List<String> argv) throws IOException {
        Commands.Result result = commands.run(argv, TIME);
        if (result.exitCode() != 0) {
            throw new IOException(argv.get(0) + ": " + result.output().strip());
        }
    }
}
