package io.kepm.sudo;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.Commands;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Lets the canary's user ask a sudo for the one command that is always denied, and looks what comes
 * of it. For use by one thread.
 */
final class CanaryTrial {

    private static final int TRIES = 3;
    private static final Duration TIME = Duration.ofSeconds(5);

    private final Places places;
    private final Commands commands;
    private final Accounts accounts;
    private final CanaryEar ear;

    CanaryTrial(Places places, Commands commands, Accounts accounts, CanaryEar ear) {
        this.places = places;
        this.commands = commands;
        this.accounts = accounts;
        this.ear = ear;
    }

    Proof of(Path sudo) {
        Proof proof = new Proof.Missing("not tried");
        for (int i = 0; i < TRIES && proof instanceof Proof.Missing; i++) {
            proof = once(sudo);
        }
        return proof;
    }

    private Proof once(Path sudo) {
        String nonce = ear.issue();
        try {
            Accounts.Account user =
                    accounts.byName(Nonces.USER)
                            .orElseThrow(
                                    () -> new IOException("user " + Nonces.USER + " is missing"));
            if (user.uid() == 0) {
                return new Proof.Missing("user " + Nonces.USER + " is root");
            }
            Files.deleteIfExists(places.mark());
            return judge(nonce, run(sudo, user, nonce));
        } catch (IOException | NameServiceException e) {
            return hasRun()
                    ? new Proof.Broken("the denied command ran")
                    : new Proof.Missing(String.valueOf(e.getMessage()));
        } finally {
            ear.heard(nonce);
        }
    }

    private Commands.Result run(Path sudo, Accounts.Account user, String nonce) throws IOException {
        return commands.run(
                List.of(
                        places.setpriv().toString(),
                        "--reuid",
                        Long.toString(user.uid()),
                        "--regid",
                        Long.toString(user.gid()),
                        "--clear-groups",
                        "--",
                        sudo.toString(),
                        "-n",
                        places.canary().toString(),
                        nonce),
                TIME);
    }

    /**
     * The plugin asks before anything runs: once sudo has ended, the nonce is here or was never
     * sent.
     */
    private Proof judge(String nonce, Commands.Result result) {
        boolean heard = ear.heard(nonce);
        if (hasRun()) {
            return new Proof.Broken("the denied command ran");
        }
        if (result.exitCode() == 0) {
            return new Proof.Broken("it reports success for the denied command");
        }
        return heard
                ? new Proof.Given()
                : new Proof.Missing("it did not ask here: " + lastLine(result.output()));
    }

    private boolean hasRun() {
        return Files.exists(places.mark(), LinkOption.NOFOLLOW_LINKS);
    }

    private static String lastLine(String output) {
        String text = output.strip();
        String line = text.substring(text.lastIndexOf('\n') + 1);
        return line.length() > 300 ? line.substring(0, 300) : line;
    }
}
