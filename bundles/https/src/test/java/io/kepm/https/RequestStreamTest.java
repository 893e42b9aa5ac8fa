package io.kepm.https;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.Requests.Person;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Requests as they change, look by look. */
class RequestStreamTest {

    private static final Person ALICE =
            new Person("alice", 1001, OptionalLong.of(1001), List.of("alice"));
    private static final RequestStream.Pace QUICK =
            new RequestStream.Pace(
                    Duration.ofMillis(1), Duration.ofMinutes(1), Duration.ofMinutes(1));

    private final Deque<List<AccessRequest>> looks = new ArrayDeque<>();
    private final AtomicInteger givenBack = new AtomicInteger();
    private boolean broken;

    private static AccessRequest request(String id, RequestState state) {
        return new AccessRequest(
                id,
                "alice",
                1001,
                "/usr/bin/id",
                List.of("id"),
                "/",
                "root",
                state,
                Instant.EPOCH,
                Instant.EPOCH,
                "",
                List.of(),
                List.of(),
                List.of(),
                "",
                1);
    }

    /** What is written until the reader is nobody any more, or {@code pace} ends it. */
    private String read(RequestStream.Reader reader, RequestStream.Pace pace) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (RequestStream stream =
                new RequestStream(
                        new Looks(),
                        reader,
                        new Streams(Streams.STANDARD),
                        givenBack::incrementAndGet,
                        pace)) {
            stream.writeTo(out);
        }
        assertThat(givenBack).hasValue(1);
        return out.toString(StandardCharsets.UTF_8);
    }

    private String read() throws Exception {
        return read(() -> looks.isEmpty() ? Optional.empty() : Optional.of(ALICE), QUICK);
    }

    private static List<String> events(String text) {
        return Pattern.compile(
                        "(?:event: (\\w+)\\n)?data: .*?\"id\":\"(\\w+)\"(?:.*?\"state\":\"(\\w+)\")?")
                .matcher(text)
                .results()
                .map(found -> found.group(1) + " " + found.group(2) + " " + found.group(3))
                .toList();
    }

    @Test
    void each_request_is_told_when_it_is_made_and_when_it_changes_and_when_it_is_gone()
            throws Exception {
        AccessRequest one = request("one", RequestState.PENDING);
        AccessRequest two = request("two", RequestState.PENDING);
        looks.add(List.of(two, one));
        looks.add(List.of(two, one));
        looks.add(List.of(two, request("one", RequestState.APPROVED)));
        looks.add(List.of(two));
        looks.add(List.of(two, one));
        assertThat(events(read()))
                .as("the oldest first, nothing twice, and what comes back is told again")
                .containsExactly(
                        "null one Pending",
                        "null two Pending",
                        "null one Approved",
                        "gone one null",
                        "null one Pending");
    }

    /** Members: an account that is gone, a group that was taken away, a name service that hangs. */
    @Test
    void ab_101_rights_that_end_end_the_stream_or_what_is_seen_of_it() throws Exception {
        looks.add(List.of(request("one", RequestState.PENDING)));
        assertThat(events(read())).hasSize(1);
        givenBack.set(0);
        String hung =
                read(
                        () -> {
                            throw new NameServiceException("it hangs");
                        },
                        QUICK);
        assertThat(hung).contains("event: error").doesNotContain("hangs", "\"id\"");
    }

    @Test
    void a_store_that_cannot_be_read_is_told_without_its_reason() throws Exception {
        broken = true;
        looks.add(List.of());
        assertThat(read()).contains("event: error").doesNotContain("sqlite");
    }

    @Test
    void it_ends_by_its_time_and_says_meanwhile_that_it_is_there() throws Exception {
        RequestStream.Pace brief =
                new RequestStream.Pace(
                        Duration.ofMillis(5), Duration.ofMillis(20), Duration.ofSeconds(1));
        assertThat(read(() -> Optional.of(ALICE), brief))
                .startsWith("retry: 2000\n\n")
                .contains("\n\n: \n\n");
    }

    /** One list a look; the last one stays. */
    private final class Looks implements Requests {
        @Override
        public List<AccessRequest> visibleTo(Person who) throws StorageException {
            if (broken) {
                throw new StorageException("sqlite: disk I/O error");
            }
            assertThat(who).isEqualTo(ALICE);
            return looks.isEmpty() ? List.of() : looks.remove();
        }

        @Override
        public Optional<AccessRequest> view(String id, Person who) {
            return Optional.empty();
        }

        @Override
        public Outcome act(String id, Act act, Person who, String factor, String comment) {
            return new Outcome.Unknown();
        }
    }
}
