package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Tone;

/** What is wrong with policy files, a line each: file, policy, field, message. */
final class Findings {

    private Findings() {}

    static void print(Call call, Json findings, String key, Tone tone) {
        for (Json finding : findings.items()) {
            String policy = finding.at("policyId").text();
            StringBuilder line = new StringBuilder(call.screen().paint(tone, call.say(key)));
            place(call, line, finding.at("file").text());
            place(call, line, policy.isEmpty() ? "" : "policy `" + policy + "`");
            place(call, line, finding.at("field").text());
            call.console().line(line + " " + call.screen().escape(finding.at("message").text()));
        }
    }

    private static void place(Call call, StringBuilder line, String place) {
        if (!place.isEmpty()) {
            line.append(' ').append(call.screen().escape(place)).append(':');
        }
    }
}
