package io.kepm.https;

import io.kepm.api.json.Fields;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One answer, before it is written.
 *
 * @param body what is written as JSON; empty for an answer without a body, or with a text
 * @param text what is written as it is, in place of any body
 * @param headers beyond those that every answer carries
 * @param close whether the connection ends with it
 * @param note what a record says about it; for an administrator's call
 * @param flow what writes a body of unknown length; empty for every other answer
 * @param recorded whether the record of an administrator's call was seen to
 */
record Answer(
        int status,
        String contentType,
        Optional<Map<String, Object>> body,
        Optional<String> text,
        Map<String, String> headers,
        boolean close,
        String note,
        Optional<Outflow> flow,
        boolean recorded) {

    private static final String JSON = "application/json";
    private static final String PROBLEM = "application/problem+json";

    Answer {
        headers = Map.copyOf(headers);
    }

    /** An answer in JSON, or without a body. */
    Answer(
            int status,
            String contentType,
            Optional<Map<String, Object>> body,
            Map<String, String> headers,
            boolean close,
            String note) {
        this(
                status,
                contentType,
                body,
                Optional.empty(),
                headers,
                close,
                note,
                Optional.empty(),
                false);
    }

    /** A body that is written as it comes; whoever has the answer closes it. */
    static Answer flow(String contentType, Outflow flow) {
        return new Answer(
                200,
                contentType,
                Optional.empty(),
                Optional.empty(),
                Map.of(),
                false,
                "",
                Optional.of(flow),
                false);
    }

    /** A page that is not JSON. */
    static Answer text(String contentType, String text) {
        return new Answer(
                200,
                contentType,
                Optional.empty(),
                Optional.of(text),
                Map.of(),
                false,
                "",
                Optional.empty(),
                false);
    }

    static Answer ok(Map<String, Object> body) {
        return new Answer(200, JSON, Optional.of(body), Map.of(), false, "");
    }

    static Answer of(int status, Map<String, Object> body) {
        return new Answer(status, JSON, Optional.of(body), Map.of(), false, "");
    }

    /** An error in the form of RFC 9457; {@code detail} says what to do. */
    static Answer problem(int status, String detail) {
        return problem(status, detail, List.of());
    }

    static Answer problem(int status, String detail, List<Fields.Fault> faults) {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("type", "about:blank");
        body.put("title", title(status));
        body.put("status", (long) status);
        body.put("detail", detail);
        if (!faults.isEmpty()) {
            body.put(
                    "errors",
                    faults.stream().limit(Fields.MAX_FAULTS).map(Fields.Fault::json).toList());
        }
        return new Answer(status, PROBLEM, Optional.of(body), Map.of(), false, detail);
    }

    /** 422: the request can be read, but says something that is not allowed. */
    static Answer invalid(List<Fields.Fault> faults) {
        return problem(422, "correct what `errors` names and send it again", faults);
    }

    static Answer invalid(String place, String detail) {
        return invalid(List.of(new Fields.Fault(place, detail)));
    }

    Answer with(String header, String value) {
        Map<String, String> more = new LinkedHashMap<>(headers);
        more.put(header, value);
        return new Answer(status, contentType, body, text, more, close, note, flow, recorded);
    }

    /** The same answer, saying more. */
    Answer withBody(Map<String, Object> other) {
        return new Answer(
                status,
                contentType,
                Optional.of(other),
                text,
                headers,
                close,
                note,
                flow,
                recorded);
    }

    Answer closing() {
        return new Answer(status, contentType, body, text, headers, true, note, flow, recorded);
    }

    /** The same answer, with a word for the record. */
    Answer noted(String word) {
        return new Answer(status, contentType, body, text, headers, close, word, flow, recorded);
    }

    /** The same answer, its JSON written already: to be sent many times. */
    Answer written() {
        Optional<String> json =
                body.map(object -> new String(JsonText.write(object), StandardCharsets.UTF_8));
        return new Answer(status, contentType, body, json, headers, close, note, flow, recorded);
    }

    /** The same answer, of a call that needs no further record. */
    Answer onRecord() {
        return new Answer(status, contentType, body, text, headers, close, note, flow, true);
    }

    boolean isProblem() {
        return status >= 400;
    }

    /** Whether the body is that of RFC 9457; the body of an unhealthy agent's health is not. */
    boolean inProblemForm() {
        return contentType.equals(PROBLEM);
    }

    static String title(int status) {
        return switch (status) {
            case 400 -> "Malformed request";
            case 401 -> "Not identified";
            case 403 -> "Not allowed";
            case 404 -> "No such route";
            case 405 -> "Method not allowed";
            case 408 -> "Too slow";
            case 409 -> "Conflict";
            case 413 -> "Body too large";
            case 414 -> "Target too long";
            case 415 -> "Unsupported type";
            case 421 -> "Misdirected request";
            case 422 -> "Invalid content";
            case 429 -> "Too many requests";
            case 431 -> "Headers too large";
            case 501 -> "Not part of this version";
            case 503 -> "Not available now";
            case 505 -> "HTTP version not supported";
            default -> status >= 500 ? "Internal error" : "Refused";
        };
    }
}
