package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.AgentSocket;
import io.kepm.cli.json.Json;
import io.kepm.cli.text.Words;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code kepm shell}: one line for the agent's root-only shell, and what it prints. */
public final class Shell implements Verb {

    private static final Duration LIMIT = Duration.ofMinutes(10);

    @Override
    public void declare(Usage usage) {
        usage.command();
    }

    @Override
    public int run(Call call) throws Fault {
        List<String> words = call.given().operands();
        // One word is a line as it is; of several, each stays one word.
        String command = words.size() == 1 ? words.get(0) : Words.joined(words);
        if (command.chars().anyMatch(c -> c < ' ' && c != '\t')) {
            throw call.usage("shell.line");
        }
        List<Json> kept = new ArrayList<>();
        String end;
        try {
            end =
                    AgentSocket.talk(
                            call.world().shell(),
                            LIMIT,
                            channel -> {
                                send(channel, command);
                                return receive(call, channel, kept);
                            });
        } catch (IOException e) {
            throw new Fault(
                    Exit.UNREACHABLE,
                    call.say(
                            "shell.unreachable",
                            call.world().shell(),
                            String.valueOf(e.getMessage())));
        }
        int exit = exit(call, end);
        if (call.given().json()) {
            Map<String, Json> all = new LinkedHashMap<>();
            all.put("exit", Json.of(exit));
            all.put("lines", Json.list(kept));
            call.console().json(Json.object(all));
        }
        return exit;
    }

    private static void send(SocketChannel channel, String command) throws IOException {
        ByteBuffer line = ByteBuffer.wrap((command + "\n").getBytes(StandardCharsets.UTF_8));
        while (line.hasRemaining()) {
            channel.write(line);
        }
    }

    /** Prints all lines but the last, which it returns. */
    private static String receive(Call call, SocketChannel channel, List<Json> kept)
            throws IOException {
        BufferedReader in =
                new BufferedReader(
                        new InputStreamReader(
                                Channels.newInputStream(channel), StandardCharsets.UTF_8));
        String last = "";
        boolean any = false;
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            // The shell makes sure by an empty line that the last one stands alone.
            boolean gap = last.isEmpty() && isEnd(line);
            if (any && !gap) {
                print(call, last, kept);
            }
            last = line;
            any = true;
        }
        if (any && !isEnd(last)) {
            print(call, last, kept);
        }
        return last;
    }

    private static void print(Call call, String line, List<Json> kept) {
        if (call.given().json()) {
            kept.add(Json.of(line));
        } else {
            call.console().line(call.screen().escape(line.replace("\t", "    ")));
            call.console().flush();
        }
    }

    private static int exit(Call call, String last) throws Fault {
        if (!isEnd(last)) {
            throw call.failed("shell.cut");
        }
        return Integer.parseInt(last.substring(last.indexOf(' ') + 1));
    }

    private static boolean isEnd(String line) {
        return line.matches("exit [0-9]{1,3}");
    }
}
