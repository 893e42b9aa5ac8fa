package io.kepm.linux;

import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One way from an order to a running program: look at the file, start the native launcher, hold it
 * by a pidfd before it may go on, let it go, and hear whether the program runs.
 */
final class Launching implements Launcher {

    private static final Logger LOG = LoggerFactory.getLogger(Launching.class);
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");
    private static final int MOST_WORDS = 4096;
    private static final long LAUNCH_SECONDS = 10;

    private final Path launcher;
    private final Cgroups cgroups;
    private final Digests digests;
    private final ScheduledExecutorService watch;

    Launching(Path launcher, Cgroups cgroups, Digests digests, ScheduledExecutorService watch) {
        this.launcher = launcher;
        this.cgroups = cgroups;
        this.digests = digests;
        this.watch = watch;
    }

    @Override
    public LaunchedChild launch(LaunchOrder order, Witness witness) throws IOException {
        check(order);
        Program program = Program.at(order.executable().toString(), digests);
        Optional<Cgroup> cgroup = cgroups.create(order.name());
        try {
            return started(order, program, cgroup, witness);
        } catch (IOException e) {
            if (cgroup.isPresent()) {
                ProcessTree.of(cgroup.get()).kill();
            }
            throw new IOException(
                    "`" + order.name() + "` could not be launched: " + e.getMessage(), e);
        }
    }

    private static void check(LaunchOrder order) throws IOException {
        if (!NAME.matcher(order.name()).matches()) {
            throw new IOException("`" + order.name() + "` is no name for a launched program");
        }
        if (order.argv().isEmpty()) {
            throw new IOException("`" + order.name() + "`: its arguments lack its own name");
        }
        if (!order.executable().isAbsolute() || !order.workingFolder().isAbsolute()) {
            throw new IOException("`" + order.name() + "`: paths have to be absolute");
        }
    }

    private LaunchedChild started(
            LaunchOrder order, Program program, Optional<Cgroup> cgroup, Witness witness)
            throws IOException {
        if (!order.partsErrors()) {
            return started(order, program, cgroup, witness, "", InputStream.nullInputStream());
        }
        try (ErrorPipe pipe = new ErrorPipe()) {
            boolean runs = false;
            try {
                LaunchedChild child =
                        started(order, program, cgroup, witness, pipe.name(), pipe.errors());
                runs = true;
                return child;
            } finally {
                if (!runs) {
                    pipe.errors().close();
                }
            }
        }
    }

    private LaunchedChild started(
            LaunchOrder order,
            Program program,
            Optional<Cgroup> cgroup,
            Witness witness,
            String errorsName,
            InputStream errors)
            throws IOException {
        boolean bounded = cgroup.isPresent() && cgroup.get().limit(order.limits());
        ProcessBuilder builder =
                new ProcessBuilder(argv(order, program, cgroup, bounded, errorsName))
                        .directory(new File("/"));
        builder.environment().clear();
        builder.environment().putAll(order.environment());
        Process process = builder.start();
        Pidfd pidfd = null;
        try {
            int pid = (int) process.pid();
            pidfd = Pidfd.open(pid);
            ProcStat stat = ours(pid, pidfd);
            Launcher.Identity identity =
                    new Launcher.Identity(
                            pid,
                            stat.startTicks(),
                            order.user().uid(),
                            program.file().device(),
                            program.file().inode(),
                            program.sha256());
            witness.sees(identity);
            letGo(process);
            return new LaunchedChild(
                    order.name(),
                    process,
                    pidfd,
                    identity,
                    program.shownAs(),
                    errors,
                    ProcessTree.of(cgroup, pid, stat.startTicks()));
        } catch (IOException | RuntimeException e) {
            process.destroyForcibly();
            if (pidfd != null) {
                pidfd.close();
            }
            throw e;
        }
    }

    /** INVARIANT: number, descriptor and start time are of one process, our child. */
    private static ProcStat ours(int pid, Pidfd pidfd) throws IOException {
        Optional<ProcStat> stat = ProcStat.of(pid);
        if (stat.isEmpty()
                || stat.get().parent() != ProcessHandle.current().pid()
                || !pidfd.isAlive()) {
            throw new IOException("the launcher ended before it was let go");
        }
        return stat.get();
    }

    /** Its standard error closes without a word when the program runs. */
    private void letGo(Process process) throws IOException {
        ScheduledFuture<?> late =
                watch.schedule(process::destroyForcibly, LAUNCH_SECONDS, TimeUnit.SECONDS);
        go(process);
        String words =
                new String(process.getErrorStream().readNBytes(MOST_WORDS), StandardCharsets.UTF_8);
        if (!late.cancel(false)) {
            throw new IOException("not started within " + LAUNCH_SECONDS + " s");
        }
        if (!words.isEmpty()) {
            throw new IOException(words);
        }
    }

    private static void go(Process process) {
        try {
            process.getOutputStream().write('g');
            process.getOutputStream().flush();
        } catch (IOException e) {
            // It ended before, and its last words say why.
            LOG.debug("the launcher did not wait", e);
        }
    }

    private List<String> argv(
            LaunchOrder order,
            Program program,
            Optional<Cgroup> cgroup,
            boolean bounded,
            String errorsName) {
        LaunchOrder.LaunchLimits limits = order.limits();
        List<String> argv =
                new ArrayList<>(
                        List.of(
                                launcher.toString(),
                                Long.toString(order.user().uid()),
                                Long.toString(order.user().gid()),
                                order.user().groups().stream()
                                        .distinct()
                                        .map(String::valueOf)
                                        .collect(Collectors.joining(",")),
                                cgroup.map(each -> each.folder().toString()).orElse(""),
                                Long.toString(limits.openFiles()),
                                Long.toString(bounded ? 0 : limits.processes()),
                                Long.toString(bounded ? 0 : limits.memoryBytes()),
                                Long.toString(limits.fileBytes()),
                                // Who is not root gains nothing by a set-uid program.
                                order.user().uid() == 0 ? "0" : "1",
                                Long.toUnsignedString(program.device()),
                                Long.toUnsignedString(program.file().inode()),
                                order.workingFolder().toString(),
                                program.path(),
                                errorsName));
        argv.addAll(order.argv());
        return argv;
    }
}
