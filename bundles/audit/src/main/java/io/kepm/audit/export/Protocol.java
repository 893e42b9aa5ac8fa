package io.kepm.audit.export;

/** How OTLP is written, by the words of the OpenTelemetry specification. */
enum Protocol {
    HTTP_PROTOBUF("http/protobuf"),
    HTTP_JSON("http/json");

    private final String word;

    Protocol(String word) {
        this.word = word;
    }

    String word() {
        return word;
    }
}
