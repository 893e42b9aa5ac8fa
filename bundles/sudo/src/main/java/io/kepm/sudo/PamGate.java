package io.kepm.sudo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The second gate: our PAM account module has to be the first account line of every service that a
 * sudo uses, since a line before it could let somebody pass.
 */
final class PamGate {

    static final List<String> SERVICES = List.of("sudo", "sudo-i", "sudo-rs", "sudo-rs-i");

    private final Path folder;
    private final List<Path> files;
    private final Path module;

    PamGate(Path folder, Path module) {
        this.folder = folder;
        this.files = SERVICES.stream().map(folder::resolve).toList();
        this.module = module;
    }

    List<Path> files() {
        return files;
    }

    /** What is wrong, for people; empty when the gate is shut everywhere. */
    Optional<String> fault() {
        List<String> open = new ArrayList<>();
        int services = 0;
        for (Path file : files) {
            if (Files.exists(file)) {
                services++;
                if (!isShut(file)) {
                    open.add(file.toString());
                }
            }
        }
        if (services == 0) {
            return Optional.of("no PAM service of sudo is in " + folder);
        }
        return open.isEmpty()
                ? Optional.empty()
                : Optional.of("the PAM gate is not the first account line of " + open);
    }

    private boolean isShut(Path file) {
        try {
            for (String line : Files.readAllLines(file, StandardCharsets.ISO_8859_1)) {
                String[] words = line.strip().split("[ \\t]+", -1);
                String type = words[0].toLowerCase(Locale.ROOT);
                if (type.equals("@include") || type.equals("account") || type.equals("-account")) {
                    return isGate(type, words);
                }
            }
        } catch (IOException e) {
            return false;
        }
        return false;
    }

    private boolean isGate(String type, String[] words) {
        return type.equals("account")
                && words.length == 3
                && (words[1].equals("requisite") || words[1].equals("required"))
                && words[2].equals(module.toString());
    }
}
