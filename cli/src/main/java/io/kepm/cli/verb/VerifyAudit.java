package io.kepm.cli.verb;

import io.kepm.api.audit.Checkpoint;
import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.Route;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Facts;
import io.kepm.cli.text.Tone;
import java.io.IOException;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * {@code kepm audit verify}: whether every record follows the one before it, in the agent's own
 * store or in an export, for which no agent is needed.
 */
public final class VerifyAudit implements Verb {

    @Override
    public void declare(Usage usage) {
        usage.value("EXPORT", "--file", "-f")
                .value("EXPORT", "--anchor", "-a")
                .value("KEY", "--key")
                .flag("--backend");
    }

    @Override
    public int run(Call call) throws Fault {
        if (call.given().flag("--backend")) {
            throw call.usage("verify.backend");
        }
        Optional<String> file = call.given().value("--file");
        if (call.given().value("--key").isPresent()
                && file.isEmpty()
                && call.given().value("--anchor").isEmpty()) {
            throw call.usage("verify.key.file");
        }
        Json result = file.isPresent() ? offline(call, file.get()) : online(call);
        boolean intact = result.at("intact").isTrue();
        if (!call.printed(result)) {
            print(call, result, intact, file.isPresent());
        }
        return intact ? Exit.OK : Exit.FAILED;
    }

    /** The agent's word; that it could not find out is not the same as a broken chain. */
    private static Json online(Call call) throws Fault {
        call.console().progress(call.say("verify.working"));
        try {
            Route route = new Route("/api/audit/verify").withAny("anchor", anchor(call));
            Json result = call.agent().get(route, Agent.LONG);
            if (!result.at("intact").isScalar()) {
                throw call.usage("verify.nonsense");
            }
            return result;
        } catch (Fault fault) {
            throw fault.exit() == Exit.FAILED ? new Fault(Exit.USAGE, fault.line()) : fault;
        } finally {
            call.console().progress("");
        }
    }

    /** The last record of an export: what the store has to hold in its place. */
    private static Optional<String> anchor(Call call) throws Fault {
        Optional<String> file = call.given().value("--anchor");
        if (file.isEmpty()) {
            return Optional.empty();
        }
        Json export = offline(call, file.get());
        if (!export.at("intact").isTrue()) {
            throw call.usage("verify.anchor", file.get(), export.at("firstBad").text());
        }
        long last = export.at("first").number(1) + export.at("records").number(0) - 1;
        return Optional.of(last + ":" + export.at("head").text());
    }

    private static Json offline(Call call, String file) throws Fault {
        try {
            return ExportCheck.of(Path.of(file), key(call));
        } catch (IOException | InvalidPathException e) {
            throw call.usage("verify.file", file, ExportFile.cause(e));
        }
    }

    /** The agent's key, as it is known from elsewhere. */
    private static String key(Call call) throws Fault {
        Optional<String> key = call.given().value("--key");
        if (key.isPresent() && Checkpoint.key(key.get()).isEmpty()) {
            throw call.usage("verify.key", key.get());
        }
        return key.orElse("");
    }

    private static void print(Call call, Json result, boolean intact, boolean fromFile) {
        String records = result.at("records").text("0");
        String line =
                intact
                        ? call.messages().count("verify.intact", result.at("records").number(0))
                        : call.say("verify.broken", result.at("firstBad").text());
        call.console().line(call.screen().paint(intact ? Tone.GOOD : Tone.BAD, line));
        Facts facts = new Facts(call.screen());
        if (!intact) {
            facts.add(call.say("verify.before"), records);
        }
        facts.add(call.say("verify.first"), first(result))
                .add(call.say("verify.checkpoints"), result.at("checkpoints").text())
                .add(call.say("verify.signed"), result.at("signedTo").text())
                .add(call.say("verify.signer"), result.at("key").text())
                .add(call.say("verify.head"), result.at("head").text());
        facts.print(call.console());
        if (fromFile && result.at("checkpoints").number(0) == 0) {
            call.console().line(call.screen().paint(Tone.WARNING, call.say("verify.unsigned")));
        }
        if (intact && !result.at("anchored").isTrue()) {
            call.console()
                    .line(
                            call.screen()
                                    .paint(
                                            Tone.WARNING,
                                            call.say(
                                                    fromFile
                                                            ? "verify.file.unanchored"
                                                            : "verify.unanchored")));
        }
    }

    /** Where an export begins, if that is not the beginning. */
    private static String first(Json result) {
        long first = result.at("first").number(1);
        return first == 1 ? "" : Long.toString(first);
    }
}
