package io.kepm.plugins;

import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.Signatures;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The process of an {@code Executable} plugin. What runs is unpacked afresh at every start, from
 * the package whose signature is checked again, or copied from a signed file; nobody but root can
 * change it in between.
 */
final class ProcessBody implements Body {

    private static final Logger LOG = LoggerFactory.getLogger(ProcessBody.class);
    private static final Duration GRACE = Duration.ofSeconds(5);
    private static final Duration FIRST_ANSWER = Duration.ofSeconds(20);
    private static final Duration PING = Duration.ofSeconds(1);
    private static final int LONGEST_LINE = 2000;

    private final PluginDocument document;
    private final Folders folders;
    private final Signatures signatures;
    private final Supplier<Optional<Launches>> launches;
    private final Owners owners;
    private final ProcessBook processes;
    private final Pings pings;
    private final SignedFiles files;
    private volatile Launcher.@Nullable Child child;
    private volatile @Nullable Path tree;
    private volatile List<String> revoked = List.of();
    private volatile String signer = "";
    private volatile String detail = "";

    ProcessBody(
            PluginDocument document,
            Folders folders,
            Signatures signatures,
            Supplier<Optional<Launches>> launches,
            Owners owners,
            ProcessBook processes,
            Pings pings,
            SignedFiles files) {
        this.document = document;
        this.folders = folders;
        this.signatures = signatures;
        this.launches = launches;
        this.owners = owners;
        this.processes = processes;
        this.pings = pings;
        this.files = files;
    }

    @Override
    public void start() throws StartFailed {
        Launches found =
                launches.get()
                        .orElseThrow(
                                () -> new StartFailed("nothing here can launch processes yet"));
        endFormer();
        Path program = SignedFiles.isMeant(document.code()) ? copied() : unpacked();
        Owner owner = owner(program);
        List<String> argv = new ArrayList<>(List.of(program.toString()));
        argv.addAll(document.arguments());
        LaunchOrder order =
                new LaunchOrder(
                        "plugin-" + document.id(),
                        program,
                        argv,
                        owner.environment(),
                        folder(),
                        owner.user(),
                        LaunchOrder.LaunchLimits.USUAL);
        Launches.Component component =
                new Launches.Component(
                        "plugin:" + document.id(), owner.reach(), document.topics(), true);
        try {
            Launcher.Child started =
                    found.launch(
                            component, order, identity -> processes.begun(document.id(), identity));
            child = started;
            Thread reader =
                    new Thread(() -> read(started), "kepm-plugin-" + document.id() + "-output");
            reader.setDaemon(true);
            reader.start();
            awaitAnswer(started);
        } catch (IOException e) {
            throw new StartFailed("it was not launched: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new StartFailed("its start was given up");
        }
    }

    /** Until it answers for the first time; one that does not is asked again by its health. */
    private void awaitAnswer(Launcher.Child started) throws InterruptedException {
        long end = System.nanoTime() + FIRST_ANSWER.toNanos();
        while (document.checks().ping()
                && started.isAlive()
                && System.nanoTime() < end
                && asked(PING) == Pings.Answer.NONE) {
            // It may still be connecting.
        }
    }

    @Override
    public Optional<String> complaint() {
        if (!document.checks().ping()) {
            return Optional.empty();
        }
        try {
            // Whoever asks for complaints waits no longer than the limit itself.
            Duration limit = document.checks().timeout().multipliedBy(9).dividedBy(10);
            return asked(limit) == Pings.Answer.NONE
                    ? Optional.of("it did not answer a ping within " + limit.toMillis() + " ms")
                    : Optional.empty();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the agent did not wait for its answer to a ping");
        }
    }

    private Pings.Answer asked(Duration limit) throws InterruptedException {
        Pings.Reply reply = pings.ask(document.id(), limit);
        detail = reply.detail();
        return reply.answer();
    }

    @Override
    public String detail() {
        return detail;
    }

    private Owner owner(Path program) throws StartFailed {
        try {
            return owners.of(document, program);
        } catch (IOException e) {
            throw new StartFailed(String.valueOf(e.getMessage()));
        }
    }

    @Override
    public Optional<String> awaits() {
        Launcher.Child own = child;
        if (own == null) {
            return owners.missing(document);
        }
        return owners.isThere(document.context(), own.identity().uid())
                ? Optional.empty()
                : Optional.of("its user has logged out: it starts when one is there");
    }

    /** INVARIANT: of a plugin one process runs at most. */
    private void endFormer() throws StartFailed {
        try {
            processes.endFormer(document.id());
        } catch (IOException e) {
            throw new StartFailed("its former process is not gone: " + e.getMessage());
        }
    }

    private Path kpk() {
        return folders.bin(document.id()).resolve(Folders.PACKAGE);
    }

    /** What is thought of it now, after what was revoked until now. */
    private Signatures.Verdict verdict() throws IOException {
        revoked = signatures.signers().revoked();
        if (SignedFiles.isMeant(document.code())) {
            return files.judge(document.code());
        }
        Folders.requireFile(kpk());
        try (FileChannel channel = FileChannel.open(kpk())) {
            if (channel.size() > PackageFile.MAX_PACKED) {
                throw new IOException("it is too large");
            }
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            return signatures.again(bytes);
        }
    }

    private Path unpacked() throws StartFailed {
        try {
            Signatures.Verdict verdict = verdict();
            if (!verdict.isGood()) {
                throw new StartFailed("its package is not accepted: " + verdict.fault());
            }
            signer = verdict.signer();
            Path fresh = folders.exec().resolve(verdict.sha256());
            Folders.delete(fresh);
            tree = fresh;
            new PackageFile(kpk()).unpack(fresh, PackageFile.MAX_ENTRIES);
            Path program = fresh.resolve(document.code());
            if (!Files.isRegularFile(program)) {
                throw new StartFailed("`" + document.code() + "` is not in its package");
            }
            return program;
        } catch (IOException e) {
            throw new StartFailed("its package cannot be unpacked: " + e.getMessage());
        }
    }

    /** A program on the disk: a copy of exactly what was judged is what runs. */
    private Path copied() throws StartFailed {
        try {
            revoked = signatures.signers().revoked();
            Path fresh = folders.exec().resolve("file-" + document.id());
            Folders.delete(fresh);
            tree = fresh;
            SignedFiles.Copied copied = files.copy(document.code(), fresh);
            signer = copied.signer();
            return copied.program();
        } catch (IOException e) {
            throw new StartFailed("its program is not accepted: " + e.getMessage());
        }
    }

    /** What it is started in: all that was copied or unpacked for it. */
    private Path folder() throws StartFailed {
        Path own = tree;
        if (own == null) {
            throw new StartFailed("it was stopped meanwhile");
        }
        return own;
    }

    /** Its output goes to the log, line by line, until it ends. */
    private void read(Launcher.Child started) {
        try (BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(started.output(), StandardCharsets.UTF_8))) {
            StringBuilder line = new StringBuilder();
            for (int c = lines.read(); c >= 0; c = lines.read()) {
                if (c == '\n' || line.length() >= LONGEST_LINE) {
                    LOG.info("plugin {}: {}", document.id(), line);
                    line.setLength(0);
                }
                if (c != '\n') {
                    line.append((char) c);
                }
            }
        } catch (IOException e) {
            LOG.debug("the output of plugin {} ended: {}", document.id(), e.toString());
        }
    }

    @Override
    public String stop() {
        Launcher.Child own = child;
        child = null;
        try {
            if (own != null) {
                own.end(GRACE);
                processes.over(document.id());
            }
        } catch (IOException e) {
            return "something of it still runs: " + e.getMessage();
        }
        Path left = tree;
        tree = null;
        try {
            if (left != null) {
                Folders.delete(left);
            }
        } catch (IOException e) {
            LOG.warn("{} stays until the agent starts again: {}", left, e.toString());
        }
        return "";
    }

    @Override
    public Optional<String> fault() {
        Launcher.Child own = child;
        if (own == null) {
            return Optional.of("it is not running");
        }
        if (own.isAlive()) {
            return takenBack();
        }
        Integer code = own.exit().getNow(null);
        return Optional.of("its process ended" + (code == null ? "" : " with code " + code));
    }

    /** Why it may not run any more; its package is judged again whenever more was revoked. */
    private Optional<String> takenBack() {
        if (revoked.equals(signatures.signers().revoked())) {
            return Optional.empty();
        }
        try {
            Signatures.Verdict verdict = verdict();
            return verdict.isGood()
                    ? Optional.empty()
                    : Optional.of("it is not accepted any more: " + verdict.fault());
        } catch (IOException e) {
            return Optional.of("it cannot be judged any more: " + e.getMessage());
        }
    }

    @Override
    public int processId() {
        Launcher.Child own = child;
        return own == null ? 0 : own.identity().pid();
    }

    @Override
    public String signer() {
        return signer;
    }

    /** Whether a file is a package, by its first bytes; never by its name. */
    static boolean isZip(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            return in.length() > 4 && in.readInt() == 0x504b0304;
        }
    }
}
