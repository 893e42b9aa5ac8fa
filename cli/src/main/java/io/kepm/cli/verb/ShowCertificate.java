package io.kepm.cli.verb;

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
import java.util.List;
import java.util.Map;

/**
 * {@code kepm certificate show} and {@code rotate}: the certificate of the TLS doors, and the same
 * after it was made or read anew.
 */
public final class ShowCertificate implements Verb {

    private final boolean anew;

    public ShowCertificate(boolean anew) {
        this.anew = anew;
    }

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        Json shown =
                anew
                        ? call.agent()
                                .post("/api/certificate/rotate", Json.object(Map.of()), Agent.LONG)
                        : call.agent().get(new Route("/api/certificate"));
        String trouble = shown.at("trouble").text();
        if (!call.printed(shown)) {
            Facts facts = new Facts(call.screen());
            facts.add(
                    call.say("certificate.source"),
                    call.say(
                            shown.at("source").text().equals("custom")
                                    ? "certificate.custom"
                                    : "certificate.own"));
            facts.add(call.say("certificate.trouble"), trouble, Tone.BAD);
            for (String fact : List.of("subject", "issuer")) {
                facts.add(call.say("certificate." + fact), shown.at(fact).text());
            }
            facts.add(call.say("certificate.names"), String.join(", ", shown.at("names").texts()));
            for (String fact : List.of("from", "to", "sha256", "key")) {
                facts.add(call.say("certificate." + fact), shown.at(fact).text());
            }
            facts.print(call.console());
        }
        return trouble.isEmpty() ? Exit.OK : Exit.FAILED;
    }
}
