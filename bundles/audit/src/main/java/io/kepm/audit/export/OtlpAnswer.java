package io.kepm.audit.export;

import io.kepm.api.text.VisibleText;

/**
 * What a receiver of OTLP answered to a request that went well: an ExportLogsServiceResponse, which
 * may say that some records were refused for good ({@code partialSuccess}). Those must not be sent
 * again, says OTLP.
 */
record OtlpAnswer(long rejected, String message) {

    private static final int LONGEST_MESSAGE = 200;

    /** What was refused; empty when all was kept. */
    String refused() {
        return rejected <= 0
                ? ""
                : "the receiver refused "
                        + rejected
                        + " records: "
                        + VisibleText.of(message, LONGEST_MESSAGE);
    }
}
