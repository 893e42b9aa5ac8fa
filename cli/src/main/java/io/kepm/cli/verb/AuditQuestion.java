package io.kepm.cli.verb;

import io.kepm.api.audit.AuditFilter;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.UnreadableFilter;
import io.kepm.cli.Call;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.agent.Route;
import java.time.DateTimeException;
import java.util.Locale;
import java.util.Optional;

/** Which records are asked for, from the options that list, tail and export share. */
final class AuditQuestion {

    private final Call call;

    AuditQuestion(Call call) {
        this.call = call;
    }

    static void declare(Usage usage) {
        usage.value("TYPE", "--type", "-t")
                .value("USER", "--user", "-u")
                .value("PATH", "--target")
                .value("ID", "--request")
                .value("TIME", "--from")
                .value("TIME", "--to");
    }

    /** The options of {@link #filter}. */
    static void declareFilter(Usage usage) {
        usage.value("EXPR", "--filter").value("STATUS", "--status");
    }

    /** What --filter and --status ask for together. */
    AuditFilter filter() throws Fault {
        AuditFilter filter = AuditFilter.ALL;
        Optional<String> text = call.given().value("--filter");
        if (text.isPresent()) {
            try {
                filter = AuditFilter.parse(text.get());
            } catch (UnreadableFilter e) {
                throw call.usage("audit.filter", e.line());
            }
        }
        Optional<String> status = call.given().value("--status");
        if (status.isEmpty()) {
            return filter;
        }
        Optional<AuditFilter> ofStatus = AuditFilter.ofStatus(status.get());
        if (ofStatus.isEmpty()) {
            throw call.usage("audit.status", status.get());
        }
        return filter.and(ofStatus.get());
    }

    /**
     * The route of one page. The agent looks for so long: it may hold few records, or none,
     * although there are more; then its {@code next} says where to go on.
     *
     * @param after the place to go on from; 0 for the first page
     */
    Route page(long after, int limit, String order) throws Fault {
        Route route = route("/api/audit");
        if (after > 0) {
            route.with("after", after);
        }
        return route.with("limit", limit).with("order", order);
    }

    /** A route with all that the options ask for. */
    Route route(String path) throws Fault {
        return new Route(path)
                .withAny("type", type())
                .withAny("user", call.given().value("--user"))
                .withAny("target", call.given().value("--target"))
                .withAny("request", call.given().value("--request"))
                .withAny("from", time("--from"))
                .withAny("to", time("--to"))
                .withAny("filter", call.given().value("--filter"))
                .withAny("status", call.given().value("--status"));
    }

    /** The number an option gives, or the least one: a page from 0, a default of its own. */
    long number(String option, long otherwise, long max) throws Fault {
        Optional<String> value = call.given().value(option);
        if (value.isEmpty()) {
            return otherwise;
        }
        boolean number = value.get().matches("[0-9]{1,18}");
        if (!number || Long.parseLong(value.get()) > max || Long.parseLong(value.get()) < 1) {
            throw call.usage("error.number", option, value.get(), max);
        }
        return Long.parseLong(value.get());
    }

    private Optional<String> type() throws Fault {
        Optional<String> given = call.given().value("--type");
        if (given.isEmpty()) {
            return given;
        }
        String types = given.get().toUpperCase(Locale.ROOT);
        for (String type : types.split(",", -1)) {
            if (!isKnown(type)) {
                throw call.usage("audit.type", type, known());
            }
        }
        return Optional.of(types);
    }

    private static boolean isKnown(String name) {
        for (AuditType type : AuditType.values()) {
            if (type.name().equals(name)) {
                return true;
            }
        }
        return false;
    }

    private static String known() {
        StringBuilder names = new StringBuilder();
        for (AuditType type : AuditType.values()) {
            names.append(names.isEmpty() ? "" : ", ").append(type.name());
        }
        return names.toString();
    }

    private Optional<String> time(String option) throws Fault {
        Optional<String> given = call.given().value(option);
        if (given.isEmpty()) {
            return given;
        }
        try {
            return Optional.of(call.times().parse(given.get()).toString());
        } catch (DateTimeException | ArithmeticException e) {
            throw call.usage("error.time", option, given.get());
        }
    }
}
