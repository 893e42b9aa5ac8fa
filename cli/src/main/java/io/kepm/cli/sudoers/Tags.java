package io.kepm.cli.sudoers;

import io.kepm.cli.json.Json;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** The options of a set of commands. Not for use by two threads. */
final class Tags {

    /** A local day begins at most this long before the day of UTC, and ends as long after it. */
    private static final int EARLIEST_ZONE = 14;

    private static final int LATEST_ZONE = 12;

    private final Remarks remarks;
    private boolean password = true;
    private boolean noExec;
    private boolean intercept;
    private boolean recorded;
    private Optional<LocalDate> from = Optional.empty();
    private Optional<LocalDate> to = Optional.empty();

    private Tags(Remarks remarks) {
        this.remarks = remarks;
    }

    /**
     * Empty when there is a limit without a counterpart: then nothing may be given.
     *
     * @param all whether the set covers every command, for which sudo sets an option by itself
     */
    static Optional<Tags> of(Json options, boolean all, Remarks remarks) {
        Tags tags = new Tags(remarks);
        for (Json option : options.items()) {
            for (Map.Entry<String, Json> member : option.members().entrySet()) {
                if (!tags.take(member.getKey(), member.getValue(), all)) {
                    remarks.lost(
                            "not translated: the limit `"
                                    + member.getKey()
                                    + "` has no counterpart in a policy");
                    return Optional.empty();
                }
            }
        }
        return Optional.of(tags);
    }

    boolean password() {
        return password;
    }

    boolean noExec() {
        return noExec;
    }

    boolean intercept() {
        return intercept;
    }

    boolean recorded() {
        return recorded;
    }

    Optional<LocalDate> from() {
        return from;
    }

    Optional<LocalDate> to() {
        return to;
    }

    private boolean take(String name, Json value, boolean all) {
        switch (name) {
            case "authenticate" -> password = value.isTrue();
            case "noexec" -> noExec = value.isTrue();
            case "intercept" -> intercept = value.isTrue();
            case "log_input", "log_output" -> recorded |= value.isTrue();
            case "setenv" -> environment(value.isTrue(), all);
            case "send_mail" -> remarks.note("MAIL: every request is in the audit anyway");
            case "sudoedit_follow", "runcwd" ->
                    remarks.lost("the option `" + name + "` has no counterpart: left out");
            case "notbefore" -> from = moment(value.text()).map(Tags::firstWholeDay);
            case "notafter" -> to = moment(value.text()).map(time -> lastWholeDay(time));
            default -> {
                return false;
            }
        }
        return !(name.equals("notbefore") && from.isEmpty())
                && !(name.equals("notafter") && to.isEmpty());
    }

    private void environment(boolean kept, boolean all) {
        if (kept && all) {
            remarks.note("sudo lets a caller set the environment of `ALL`; a policy never does");
        } else if (kept) {
            remarks.lost("SETENV has no counterpart: the caller's environment is not kept");
        }
    }

    private Optional<LocalDateTime> moment(String text) {
        try {
            LocalDateTime time =
                    LocalDateTime.parse(
                            text, DateTimeFormatter.ofPattern("uuuuMMddHHmmss'Z'", Locale.ROOT));
            remarks.note(
                    "NOTBEFORE, NOTAFTER: a policy knows whole days; those that fit everywhere");
            return Optional.of(time);
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }

    /** The first day that begins at or after that time of UTC in every zone. */
    private static LocalDate firstWholeDay(LocalDateTime time) {
        LocalDateTime latest = time.plusHours(EARLIEST_ZONE);
        boolean exact = latest.toLocalTime().equals(LocalTime.MIDNIGHT);
        return exact ? latest.toLocalDate() : latest.toLocalDate().plusDays(1);
    }

    /** The last day that is over by then in every zone. */
    private static LocalDate lastWholeDay(LocalDateTime time) {
        return time.minusHours(LATEST_ZONE).toLocalDate().minusDays(1);
    }
}
