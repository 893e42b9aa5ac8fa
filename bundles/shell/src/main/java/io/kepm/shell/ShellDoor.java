package io.kepm.shell;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.elevation.GrantedRoot;
import io.kepm.api.health.HealthCheck;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.storage.StorageException;
import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The socket of the shell. A client sends one line; it gets the output and, as the last line,
 * {@code exit N}; then the connection ends. A few threads serve: it is for people who administer,
 * not for load; more connections wait in the kernel.
 */
final class ShellDoor implements HealthCheck {

    private static final Logger LOG = LoggerFactory.getLogger(ShellDoor.class);
    private static final int WORKERS = 3;

    /** Exit code of what may not run. */
    private static final int REFUSED = 126;

    private static final int MAX_LINE = 64 * 1024;

    private final ShellFolder folder;
    private final UnixSockets sockets;
    private final GrantedRoot granted;
    private final Runner runner;
    private final AuditLog audit;
    private final List<Thread> threads = new ArrayList<>();
    private volatile Health health = Health.degraded("the shell is not open yet", "wait a moment");
    private volatile boolean closed;
    private volatile @org.jspecify.annotations.Nullable ServerSocketChannel server;

    ShellDoor(
            ShellFolder folder,
            UnixSockets sockets,
            GrantedRoot granted,
            Runner runner,
            AuditLog audit) {
        this.granted = granted;
        this.folder = folder;
        this.sockets = sockets;
        this.runner = runner;
        this.audit = audit;
        for (int i = 1; i <= WORKERS; i++) {
            Thread thread = new Thread(this::serveAll, "shell-" + i);
            thread.setDaemon(true);
            threads.add(thread);
        }
    }

    /** Listens; a shell that can't be opened leaves everything else up. */
    void open() {
        try {
            server = folder.listen();
            health = Health.healthy("open for root");
            threads.forEach(Thread::start);
        } catch (IOException e) {
            health =
                    Health.degraded(
                            "the shell can't be opened: " + e.getMessage(),
                            "repair it and restart the agent");
            LOG.warn("the shell can't be opened: {}", e.getMessage());
        }
    }

    void close() {
        closed = true;
        ServerSocketChannel open = server;
        if (open == null) {
            return;
        }
        try {
            open.close();
            for (Thread thread : threads) {
                // A command may stop this very bundle.
                if (thread != Thread.currentThread()) {
                    // An interrupt closes the channel that the thread waits on.
                    thread.interrupt();
                    thread.join(1000);
                }
            }
            folder.clear();
        } catch (IOException e) {
            LOG.debug("the shell did not close in order", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String name() {
        return "shell";
    }

    @Override
    public Health check() {
        return health;
    }

    private void serveAll() {
        ServerSocketChannel open = server;
        while (open != null && !closed) {
            try (SocketChannel channel = open.accept()) {
                serve(channel);
            } catch (IOException e) {
                if (!closed) {
                    LOG.debug("a shell connection failed", e);
                }
            } catch (RuntimeException e) {
                LOG.error("a shell connection failed", e);
            }
        }
    }

    private void serve(SocketChannel channel) throws IOException {
        Peer peer = sockets.peer(channel);
        if (peer.uid() != 0) {
            // The folder keeps everybody else out; this is the second lock.
            refuse(peer, "the shell is for root");
            return;
        }
        Optional<String> byGrant = granted.byGrant(sockets.origin(channel));
        LineReader line = new LineReader(channel);
        PrintStream out =
                new PrintStream(
                        new BufferedOutputStream(Channels.newOutputStream(channel)),
                        false,
                        StandardCharsets.UTF_8);
        String command = line.read();
        int status;
        if (byGrant.isPresent()) {
            String why = "the shell is for root in its own right: " + byGrant.get();
            refuse(peer, why);
            out.print(why + "\n");
            status = REFUSED;
        } else {
            status = runner.run(command, peer, out);
        }
        // The line feed before it is not part of the output.
        out.print("\nexit " + status + "\n");
        out.flush();
    }

    private void refuse(Peer peer, String why) {
        try {
            audit.append(
                    AuditDraft.of(AuditType.AUTHORIZATION_FAILED, "REFUSED")
                            .sessionType("shell")
                            .user(
                                    new AuditDraft.UserInfo(
                                            "#" + peer.uid(), peer.uid(), "", "", peer.pid(), ""))
                            .reason(why)
                            .detail("door", "shell.sock")
                            .build());
        } catch (StorageException e) {
            LOG.warn("a refused shell could not be put on record: {}", e.getMessage());
        }
    }

    /** Reads the one line of a connection. */
    private record LineReader(SocketChannel channel) {

        String read() throws IOException {
            InputStream in = Channels.newInputStream(channel);
            ByteArrayOutputStream line = new ByteArrayOutputStream();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new IOException("the client left before its line ended");
                }
                if (line.size() == MAX_LINE) {
                    throw new IOException("the line is longer than " + MAX_LINE + " bytes");
                }
                line.write(b);
            }
            try {
                return StandardCharsets.UTF_8
                        .newDecoder()
                        .onMalformedInput(CodingErrorAction.REPORT)
                        .decode(ByteBuffer.wrap(line.toByteArray()))
                        .toString();
            } catch (CharacterCodingException e) {
                throw new IOException("the line is not UTF-8", e);
            }
        }
    }
}
