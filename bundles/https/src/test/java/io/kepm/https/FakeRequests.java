package io.kepm.https;

import io.kepm.api.elevation.AccessRequest;
import io.kepm.api.elevation.RequestState;
import io.kepm.api.elevation.Requests;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;

/** One request of uid 1001, that uid 1002 may decide; says what it was asked to do. */
final class FakeRequests implements Requests {

    final List<String> acts = new ArrayList<>();
    final List<Person> people = new CopyOnWriteArrayList<>();
    Optional<String> refusal = Optional.empty();

    @Override
    public List<AccessRequest> visibleTo(Person who) {
        return view("r-1", who).stream().toList();
    }

    @Override
    public Optional<AccessRequest> view(String id, Person who) {
        boolean sees = who.uid() == 1001 || who.uid() == 1002 || who.uid() == 0;
        return id.equals("r-1") && sees ? Optional.of(request()) : Optional.empty();
    }

    @Override
    public Outcome act(String id, Act act, Person who, String factor, String comment) {
        people.add(who);
        acts.add(act + " " + id + " by " + who.user() + " " + factor + " " + comment);
        if (refusal.isPresent()) {
            return new Outcome.Refused(refusal.get());
        }
        return view(id, who).<Outcome>map(Outcome.Done::new).orElseGet(Outcome.Unknown::new);
    }

    static AccessRequest request() {
        Instant time = Instant.parse("2026-11-25T10:00:00Z");
        return new AccessRequest(
                "r-1",
                "alice",
                1001,
                "/usr/bin/id",
                List.of("id", "--password=canary"),
                "/",
                "root",
                RequestState.PENDING,
                time,
                time.plusSeconds(1800),
                "because",
                List.of("p v1"),
                List.of("1 of %helpdesk"),
                List.of(),
                "",
                1);
    }
}
