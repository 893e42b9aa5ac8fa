package io.kepm.plugins;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditPlace;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.plugins.PluginStatus;
import io.kepm.api.storage.Change;
import io.kepm.api.storage.Mutation;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.Table;
import io.kepm.api.trust.Signatures;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Stand-ins for what plugins need of the floors below. */
final class Fakes {

    private Fakes() {}

    /** Keeps what is committed. */
    static final class Store implements AuditLog, Storage {
        final List<AuditDraft> drafts = new ArrayList<>();
        final Map<String, byte[]> values = new HashMap<>();
        boolean full;

        @Override
        public synchronized List<AuditEntry> commit(Change change) throws StorageException {
            if (full) {
                throw new StorageException("the disk is full");
            }
            drafts.addAll(change.drafts());
            for (Mutation each : change.mutations()) {
                if (each instanceof Mutation.Put put) {
                    values.put(put.key(), put.value());
                } else if (each instanceof Mutation.Take take) {
                    values.remove(take.key());
                }
            }
            return List.of();
        }

        synchronized List<String> said() {
            return drafts.stream()
                    .map(each -> each.type() + " " + each.details().get("to") + " " + each.reason())
                    .toList();
        }

        @Override
        public Optional<byte[]> get(Table table, String key) {
            return Optional.ofNullable(values.get(key));
        }

        @Override
        public synchronized Map<String, byte[]> list(Table table) {
            return Map.copyOf(values);
        }

        @Override
        public List<AuditEntry> audit(AuditQuery query) {
            return List.of();
        }

        @Override
        public Optional<AuditEntry> auditHead() {
            return Optional.empty();
        }

        @Override
        public String agentUid() {
            return "agent";
        }

        @Override
        public List<AuditEntry> query(AuditQuery query) {
            return List.of();
        }

        @Override
        public Verification verify(Optional<AuditPlace> anchor) {
            throw new UnsupportedOperationException();
        }
    }

    /** Finds everything good, or nothing. */
    static final class Judge implements Signatures {
        volatile String fault = "";
        volatile String packFault = "";
        volatile List<String> revoked = List.of();

        private Verdict verdict(ByteBuffer file) {
            try {
                MessageDigest digest = MessageDigest.getInstance("SHA-256");
                digest.update(file.duplicate());
                return new Verdict(
                        HexFormat.of().formatHex(digest.digest()), "cd".repeat(32), fault);
            } catch (NoSuchAlgorithmException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Verdict bundle(ByteBuffer jar) {
            return verdict(jar);
        }

        @Override
        public Verdict pack(ByteBuffer jar) {
            return verdict(jar);
        }

        @Override
        public Verdict again(ByteBuffer jar) {
            return packFault.isEmpty() ? verdict(jar) : new Verdict("", "", packFault);
        }

        @Override
        public Verdict detached(byte[] file, byte[] signature) {
            return verdict(ByteBuffer.wrap(file));
        }

        @Override
        public Signers signers() {
            return new Signers(List.of(), List.of(), List.of(), revoked);
        }
    }

    /** A plugin that does as it is told. */
    static final class Puppet implements Body {
        volatile String startFault = "";
        volatile boolean hangs;
        volatile Optional<String> fault = Optional.empty();
        volatile Optional<String> complaint = Optional.empty();
        volatile Optional<String> awaits = Optional.empty();
        volatile String detail = "";
        volatile int starts;

        @Override
        public void start() throws StartFailed {
            starts++;
            fault = Optional.empty();
            while (hangs) {
                try {
                    Thread.sleep(60_000);
                } catch (InterruptedException e) {
                    return;
                }
            }
            if (!startFault.isEmpty()) {
                throw new StartFailed(startFault);
            }
        }

        @Override
        public Optional<String> awaits() {
            return awaits;
        }

        @Override
        public String stop() {
            return "";
        }

        @Override
        public Optional<String> fault() {
            return fault;
        }

        @Override
        public Optional<String> complaint() {
            return complaint;
        }

        @Override
        public String detail() {
            return detail;
        }

        @Override
        public String signer() {
            return "";
        }
    }

    /** Remembers what was to be ended. */
    static final class Leaving implements Launcher {
        final List<String> ended = new ArrayList<>();
        String fault = "";

        @Override
        public Child launch(LaunchOrder order, Witness witness) {
            throw new UnsupportedOperationException();
        }

        @Override
        public void endLeft(int pid, long startTicks) throws IOException {
            if (!fault.isEmpty()) {
                throw new IOException(fault);
            }
            ended.add(pid + " " + startTicks);
        }
    }

    /** An agent of one part. */
    static final OwnParts PARTS =
            new OwnParts() {
                @Override
                public List<PluginStatus> list() {
                    return List.of(
                            new PluginStatus(
                                    "KeeperPolicy",
                                    "KeeperPolicy",
                                    "Agent",
                                    "1.0.0",
                                    io.kepm.api.plugins.PluginState.HEALTHY,
                                    0,
                                    Optional.empty(),
                                    0,
                                    "",
                                    "",
                                    "",
                                    false));
                }

                @Override
                public Optional<String> restart(String id) {
                    return Optional.of("no such part");
                }
            };
}
