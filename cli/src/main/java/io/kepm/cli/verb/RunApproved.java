package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Table;
import io.kepm.cli.text.Table.Cell;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code kepm approved}: one's own approved commands, numbered, with the time left; at a terminal a
 * number runs one, as {@code keeperagent --approval} of the reference product does.
 */
public final class RunApproved implements Verb {

    @Override
    public void declare(Usage usage) {}

    @Override
    public int run(Call call) throws Fault {
        while (true) {
            Json requests = call.agent().list("/api/requests");
            List<Json> approved = own(requests, "Approved");
            if (call.printed(Json.object(Map.of("items", Json.list(approved))))) {
                return Exit.OK;
            }
            show(call, approved);
            Optional<String> typed = call.console().ask(call.say("approved.ask"));
            Optional<Integer> end =
                    typed.isEmpty()
                            ? Optional.of(Exit.OK)
                            : act(call, requests, approved, typed.get());
            if (end.isPresent()) {
                return end.get();
            }
        }
    }

    private static List<Json> own(Json requests, String... states) {
        return requests.at("items").items().stream().filter(one -> isOwn(one, states)).toList();
    }

    private static boolean isOwn(Json one, String... states) {
        return one.at("own").isTrue() && List.of(states).contains(one.at("state").text());
    }

    private static void show(Call call, List<Json> approved) {
        if (approved.isEmpty()) {
            call.console().line(call.say("approved.none"));
            return;
        }
        Table table =
                new Table(
                        call.screen(),
                        List.of(
                                "",
                                call.say("column.command"),
                                call.say("column.as"),
                                call.say("column.left")));
        for (int i = 0; i < approved.size(); i++) {
            Json one = approved.get(i);
            table.row(
                    Cell.of(Integer.toString(i + 1)),
                    Cell.of(Grants.command(one.at("path").text(), one.at("argv").texts())),
                    Cell.of(one.at("runAs").text()),
                    Cell.of(call.times().left(one.at("until").text())));
        }
        table.print(call.console());
    }

    /** The exit code when that is the end of it. */
    private static Optional<Integer> act(
            Call call, Json requests, List<Json> approved, String typed) throws Fault {
        switch (typed) {
            case "", "e" -> {
                return Optional.of(Exit.OK);
            }
            case "r" -> {
                return Optional.empty();
            }
            case "p" -> {
                Table waiting =
                        ListRequests.table(
                                call, requests, one -> isOwn(one, "Pending", "Escalated"));
                if (waiting.isEmpty()) {
                    call.console().line(call.say("requests.none"));
                } else {
                    waiting.print(call.console());
                }
                return Optional.empty();
            }
            default -> {
                int number = typed.matches("[0-9]{1,4}") ? Integer.parseInt(typed) : 0;
                if (number < 1 || number > approved.size()) {
                    call.console().error(call.say("approved.which", typed));
                    return Optional.empty();
                }
                AskedCommand one = AskedCommand.of(approved.get(number - 1));
                return Optional.of(one.run(call, Path.of(System.getProperty("user.dir", ""))));
            }
        }
    }
}
