package io.kepm.https;

import io.kepm.api.metrics.Counter;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import java.util.List;

/** Counts answers by the first digit of their status. Safe for use by many threads. */
final class RequestTally implements MetricSource {

    private enum StatusClass {
        DONE("2xx"),
        ELSEWHERE("3xx"),
        REFUSED("4xx"),
        FAILED("5xx");

        private final String word;

        StatusClass(String word) {
            this.word = word;
        }

        @Override
        public String toString() {
            return word;
        }
    }

    private final Counter<StatusClass> answers = new Counter<>(StatusClass.class);

    void answered(int status) {
        answers.add(
                switch (status / 100) {
                    case 2 -> StatusClass.DONE;
                    case 3 -> StatusClass.ELSEWHERE;
                    case 4 -> StatusClass.REFUSED;
                    default -> StatusClass.FAILED;
                });
    }

    @Override
    public List<Metric> metrics() {
        return List.of(
                answers.metric(
                        "kepm_http_requests_total",
                        "Requests of the API by the class of the answer's status.",
                        "class"));
    }
}
