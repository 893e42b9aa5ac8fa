package io.kepm.plugins;

import io.kepm.api.plugins.Plugins.Outcome;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.Signatures;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Brings a version in: judged, staged beside the former one, tried, and kept only when it is
 * healthy. For use by one thread at a time.
 */
final class Installer {

    private final Folders folders;
    private final Signatures signatures;
    private final PluginRecords records;
    private final Leave leave;
    private final Runner runner;

    Installer(
            Folders folders,
            Signatures signatures,
            PluginRecords records,
            Leave leave,
            Runner runner) {
        this.folders = folders;
        this.signatures = signatures;
        this.records = records;
        this.leave = leave;
        this.runner = runner;
    }

    /** Runs what is in the folders. */
    interface Runner {
        /** Stops the plugin of that name, if there is one. */
        void halt(String id, String who);

        /** Starts what is there now; why it is not healthy, or empty. */
        Optional<String> tryOut(PluginDocument document, String who);

        /** Whether the agent itself goes by this name. */
        boolean isOwn(String id);

        /** Starts the former version again, as its document says; or forgets the plugin. */
        void goBack(String id, String who);
    }

    /** A version that may be tried. */
    private record Candidate(
            PluginDocument document, byte[] text, boolean bundle, Signatures.Verdict verdict) {}

    Outcome install(Path file, boolean allowDowngrade, String who) {
        PluginRecords.Named plugin = PluginRecords.Named.file("");
        Signatures.Verdict verdict = new Signatures.Verdict("", "", "");
        try {
            verdict = judge(file);
            if (!verdict.isGood()) {
                plugin = PluginRecords.Named.file(String.valueOf(file.getFileName()));
                return refused(plugin, List.of(verdict.fault()), verdict, who);
            }
            PackageFile.Content content = new PackageFile(file).content();
            String id = content.id();
            plugin = PluginRecords.Named.plugin(id);
            DocumentReader.Read read = DocumentReader.read(content.document(), id);
            if (read.document().isEmpty()) {
                return refused(plugin, read.faults(), verdict, who);
            }
            plugin = PluginRecords.Named.of(read.document().get());
            Candidate candidate =
                    new Candidate(
                            read.document().get(), content.document(), content.bundle(), verdict);
            Optional<String> fault = fault(candidate, allowDowngrade);
            if (fault.isPresent()) {
                return refused(plugin, List.of(fault.get()), verdict, who);
            }
            stage(file, candidate);
            return exchange(candidate, allowDowngrade, who);
        } catch (IOException | StorageException e) {
            return refused(plugin, List.of(String.valueOf(e.getMessage())), verdict, who);
        }
    }

    private Outcome refused(
            PluginRecords.Named plugin,
            List<String> faults,
            Signatures.Verdict verdict,
            String who) {
        records.refused(plugin, faults, verdict.sha256(), verdict.signer(), who);
        return Outcome.refused(plugin.name(), faults);
    }

    /** A bundle by the rules for bundles; anything else as a package. */
    private Signatures.Verdict judge(Path file) throws IOException {
        Folders.requireFile(file);
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() > PackageFile.MAX_PACKED) {
                return new Signatures.Verdict(
                        "", "", "it is larger than " + PackageFile.MAX_PACKED + " bytes");
            }
            ByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size());
            // Who is no archive at all is told so by the judge.
            return signatures.pack(bytes);
        }
    }

    private Optional<String> fault(Candidate candidate, boolean allowDowngrade)
            throws StorageException {
        PluginDocument document = candidate.document();
        if (runner.isOwn(document.id())) {
            return Optional.of("`" + document.id() + "` is a part of the agent");
        }
        if (candidate.bundle() && document.kind() != PluginDocument.Kind.SERVICE) {
            return Optional.of("a bundle is a `Service`: make a `.kpk` of an `Executable`");
        }
        if (SignedFiles.isMeant(document.code())) {
            return Optional.of(
                    "its `executablePath` leads out of it: a package brings what it runs");
        }
        if (!document.isForThisSystem()) {
            return Optional.of("it is not for Linux, by its `supportedPlatforms`");
        }
        Optional<Semver> highest = records.highest(document.id());
        if (!allowDowngrade
                && highest.isPresent()
                && document.version().compareTo(highest.get()) < 0) {
            return Optional.of(
                    "version "
                            + document.version()
                            + " is older than "
                            + highest.get()
                            + ", which ran here before: use --allow-downgrade if you mean it");
        }
        return Optional.empty();
    }

    private void stage(Path file, Candidate candidate) throws IOException {
        PluginDocument document = candidate.document();
        Path staged = folders.staged(document.id());
        Folders.delete(staged);
        Files.createDirectories(staged);
        if (candidate.bundle()) {
            Path jar = staged.resolve(document.code());
            Files.createDirectories(jar.resolveSibling(""));
            Files.copy(file, jar);
        } else {
            if (document.kind() == PluginDocument.Kind.SERVICE) {
                new PackageFile(file).unpack(staged, DocumentJudge.MOST_FOLDERS);
            }
            Files.copy(file, staged.resolve(Folders.PACKAGE));
        }
        Files.write(staged.resolve("document.json"), candidate.text());
        Files.setPosixFilePermissions(staged, PosixFilePermissions.fromString("rwxr-x---"));
    }

    /** INVARIANT: whatever goes wrong, the former version is where it was before. */
    private Outcome exchange(Candidate candidate, boolean allowDowngrade, String who)
            throws IOException {
        String id = candidate.document().id();
        String jar = jar(candidate.document());
        String formerJar = leave.begin(id);
        if (allowDowngrade) {
            leave.give(id, jar);
        }
        try {
            return exchange(candidate, jar, formerJar, who);
        } finally {
            leave.end(id);
        }
    }

    private Outcome exchange(Candidate candidate, String jar, String formerJar, String who)
            throws IOException {
        String id = candidate.document().id();
        runner.halt(id, who);
        Path former = folders.former(id);
        Folders.delete(former);
        boolean had = Files.exists(folders.bin(id));
        if (had) {
            Folders.move(folders.bin(id), former);
            if (Files.exists(folders.document(id))) {
                Files.copy(folders.document(id), former.resolve("former.json"));
            }
        } else {
            Files.createDirectories(former);
        }
        Optional<String> fault = settled(candidate, jar, who);
        if (fault.isEmpty()) {
            Folders.delete(former);
            return Outcome.done(id);
        }
        runner.halt(id, who);
        restore(id);
        leave.give(id, formerJar);
        runner.goBack(id, who);
        return refused(
                PluginRecords.Named.of(candidate.document()),
                List.of(fault.get()),
                candidate.verdict(),
                who);
    }

    /** SHA-256 of the code of a {@code Service} that is staged; empty when there is none. */
    private String jar(PluginDocument document) throws IOException {
        Path jar = folders.staged(document.id()).resolve(document.code());
        boolean service = document.kind() == PluginDocument.Kind.SERVICE;
        return service && Files.isRegularFile(jar, LinkOption.NOFOLLOW_LINKS) ? sha256(jar) : "";
    }

    private Optional<String> settled(Candidate candidate, String jar, String who) {
        PluginDocument document = candidate.document();
        try {
            Path bin = folders.bin(document.id());
            Folders.move(folders.staged(document.id()), bin);
            Path text = bin.resolve("document.json");
            Files.setPosixFilePermissions(text, PosixFilePermissions.fromString("rw-r-----"));
            Folders.move(text, folders.document(document.id()));
            Optional<String> fault = runner.tryOut(document, who);
            if (fault.isEmpty()) {
                records.installed(
                        document,
                        candidate.verdict().sha256(),
                        leave.isGood(document.id(), jar) ? jar : "",
                        candidate.verdict().signer(),
                        who);
            }
            return fault;
        } catch (IOException | StorageException e) {
            return Optional.of(String.valueOf(e.getMessage()));
        }
    }

    /** Takes a plugin away that was stopped; what was meant by its installation goes first. */
    void remove(String id) throws IOException, StorageException {
        leave.forget(id);
        Files.deleteIfExists(folders.document(id));
        Folders.delete(folders.bin(id));
    }

    /** After a crash: what was on record stands, what was still being tried is taken back. */
    void settle(String id) throws IOException {
        if (isOnRecord(id)) {
            Folders.delete(folders.former(id));
        } else {
            restore(id);
        }
    }

    private boolean isOnRecord(String id) throws IOException {
        Path document = folders.document(id);
        Path pack = folders.bin(id).resolve(Folders.PACKAGE);
        if (!Files.exists(pack) && Files.isRegularFile(document)) {
            DocumentReader.Read read = DocumentReader.read(Files.readAllBytes(document), id);
            pack = folders.bin(id).resolve(read.document().map(PluginDocument::code).orElse(""));
        }
        try {
            return Files.isRegularFile(pack) && records.isMeant(id, sha256(pack));
        } catch (StorageException e) {
            throw new IOException("what was installed is not known: " + e.getMessage(), e);
        }
    }

    private static String sha256(Path file) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(
                        Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Puts the former version back. */
    private void restore(String id) throws IOException {
        Path former = folders.former(id);
        Folders.delete(folders.bin(id));
        Files.deleteIfExists(folders.document(id));
        Path text = former.resolve("former.json");
        if (Files.exists(text)) {
            Folders.move(text, folders.document(id));
            Folders.move(former, folders.bin(id));
        } else {
            Folders.delete(former);
        }
    }
}
