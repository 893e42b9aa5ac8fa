package io.kepm.https;

import io.kepm.api.elevation.OfflineApprovals;
import io.kepm.api.elevation.Requests.Person;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Knows the request of {@link FakeRequests}, and takes the code {@code RIGHT}. */
final class FakeOffline implements OfflineApprovals {

    final List<String> calls = new ArrayList<>();

    @Override
    public Status status() {
        return new Status("0123456", calls.isEmpty() ? Optional.empty() : Optional.of("ABCD"));
    }

    @Override
    public Reply takeKey(String line, String admin) {
        calls.add("key by " + admin);
        return line.startsWith("kepm-machine-key-1 ")
                ? new Reply.Keyed(status())
                : new Reply.Refused("this is no key of a machine");
    }

    @Override
    public Reply forgetKey(String admin) {
        calls.clear();
        return new Reply.Keyed(status());
    }

    @Override
    public Reply challenge(String id, Person who) {
        return who.uid() == 1001 && id.equals("r-1")
                ? new Reply.Challenge("AAAA-BBBB", FakeRequests.request())
                : new Reply.Unknown();
    }

    @Override
    public Reply answer(String id, Person who, String code) {
        calls.add(who.user() + " " + id);
        if (who.uid() != 1001 || !id.equals("r-1")) {
            return new Reply.Unknown();
        }
        return code.equals("RIGHT")
                ? new Reply.Done(FakeRequests.request())
                : new Reply.Refused("wrong code; 4 tries are left");
    }
}
