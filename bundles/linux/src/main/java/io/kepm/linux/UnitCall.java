package io.kepm.linux;

import io.kepm.api.linux.EphemeralAccounts;
import io.kepm.api.linux.TransientUnits.Order;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The call by which the service manager starts a supervisor in a transient unit. The unit is the
 * command's user's, but the supervisor is root until it has started the command ({@code
 * no-setuid}): only root may say who has logged in for it.
 */
final class UnitCall {

    /** Between the manager's TERM and its KILL. */
    private static final Duration GRACE = Duration.ofSeconds(5);

    private UnitCall() {}

    static void make(Order order, String program, int input) throws IOException {
        try (ServiceManager manager = ServiceManager.connect();
                ServiceManager.Call call = manager.call("StartTransientUnit")) {
            call.text(SystemdScopes.service(order.id())).text("fail").open('a', "(sv)");
            property(call, "Description", "s").text("A command run by KEPM").close(2);
            property(call, "Slice", "s").text(SystemdScopes.SLICE).close(2);
            property(call, "CollectMode", "s").text("inactive-or-failed").close(2);
            // As a scope has them: a system in trouble is not started further for a command.
            property(call, "DefaultDependencies", "b").number('b', 0).close(2);
            for (String when : List.of("Conflicts", "Before")) {
                property(call, when, "as").open('a', "s").text("shutdown.target").close(3);
            }
            property(call, "User", "s").text(order.user().name()).close(2);
            property(call, "UMask", "u").number('u', 0022).close(2);
            property(call, "WorkingDirectory", "s").text("/").close(2);
            property(call, "SendSIGHUP", "b").number('b', 1).close(2);
            property(call, "TimeoutStopUSec", "t").big(micros(GRACE)).close(2);
            property(call, "StandardOutput", "s").text("null").close(2);
            property(call, "StandardError", "s").text("null").close(2);
            property(call, "StandardInputFileDescriptor", "h").number('h', input).close(2);
            if (!order.most().isZero()) {
                property(call, "RuntimeMaxUSec", "t").big(micros(order.most())).close(2);
            }
            if (order.user().name().startsWith(EphemeralAccounts.PREFIX)) {
                // Its number is another one's one day, and such a file would act for that one.
                property(call, "RestrictSUIDSGID", "b").number('b', 1).close(2);
            }
            property(call, "ExecStartEx", "a(sasas)").open('a', "(sasas)").open('r', "sasas");
            call.text(program).open('a', "s").text(program).close(1);
            call.open('a', "s").text("no-setuid").text("no-env-expand").close(1).close(4);
            call.close(1).open('a', "(sa(sv))").close(1).make();
        }
    }

    /** Opens a property: a structure, and the variant in it; both have to be closed. */
    private static ServiceManager.Call property(ServiceManager.Call call, String name, String type)
            throws IOException {
        return call.open('r', "sv").text(name).open('v', type);
    }

    private static long micros(Duration duration) {
        return duration.toNanos() / 1_000;
    }
}
