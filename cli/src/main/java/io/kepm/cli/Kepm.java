package io.kepm.cli;

import io.kepm.cli.agent.Agent;
import io.kepm.cli.agent.UnixTransport;
import io.kepm.cli.text.Console;
import io.kepm.cli.text.Messages;
import io.kepm.cli.text.Times;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;

/** The {@code kepm} command. The start script says by system properties what the terminal is. */
public final class Kepm {

    static final String SOCKET = "/run/keeper/agent.sock";

    private final Console console;
    private final Messages messages;
    private final Times times;
    private final World world;

    public Kepm(Console console, Messages messages, Times times, World world) {
        this.console = console;
        this.messages = messages;
        this.times = times;
        this.world = world;
    }

    public static void main(String[] args) {
        Console console =
                new Console(
                        new FileOutputStream(FileDescriptor.out),
                        new FileOutputStream(FileDescriptor.err),
                        new FileInputStream(FileDescriptor.in),
                        Terminal.screen(),
                        Terminal.asks(),
                        Terminal::hidden);
        Kepm kepm =
                new Kepm(
                        console,
                        Messages.of(Terminal.language()),
                        new Times(InstantSource.system()),
                        World.installed());
        // No shutdown hooks are ours, and the answer is out: an orderly exit would only take time.
        Runtime.getRuntime().halt(kepm.run(List.of(args)));
    }

    /** Does what the words ask for and returns the exit code. */
    public int run(List<String> args) {
        int exit;
        try {
            exit = dispatch(args);
        } catch (Fault fault) {
            console.error(fault.line());
            exit = fault.exit();
        } catch (RuntimeException e) {
            console.error(messages.get("error.internal", e));
            exit = Exit.FAILED;
        }
        console.flush();
        return console.broken().isPresent() ? unwritten(exit) : exit;
    }

    private int dispatch(List<String> args) throws Fault {
        Help help = new Help(console, messages);
        String first = args.isEmpty() ? "" : args.get(0);
        if (args.isEmpty()) {
            help.overview("");
            return Exit.USAGE;
        }
        if (first.equals("--help") || first.equals("-h") || first.equals("help")) {
            return help.topic(args.subList(1, args.size()));
        }
        if (first.equals("--version") || first.equals("-V")) {
            return verb("version", List.of());
        }
        if (!Verbs.isGroup(first)) {
            return verb(first, args.subList(1, args.size()));
        }
        if (args.size() == 1) {
            help.overview(first);
            return Exit.USAGE;
        }
        if (args.get(1).equals("--help") || args.get(1).equals("-h")) {
            help.overview(first);
            return Exit.OK;
        }
        return verb(first + " " + args.get(1), args.subList(2, args.size()));
    }

    private int verb(String name, List<String> args) throws Fault {
        Optional<Verb> verb = Verbs.find(name);
        if (verb.isEmpty()) {
            throw unknown(name);
        }
        Usage usage = new Usage();
        verb.get().declare(usage);
        Optional<Given> quick = QuickLine.read(usage, args);
        Given given =
                quick.isPresent() ? quick.get() : new Grammar(messages, name, usage).parse(args);
        if (given.flag("--help")) {
            new Grammar(messages, name, usage).help(console);
            return Exit.OK;
        }
        Path socket = Path.of(given.value("--socket").orElse(SOCKET));
        Agent agent = new Agent(new UnixTransport(socket), messages);
        return verb.get().run(new Call(given, console, agent, messages, times, world));
    }

    private Fault unknown(String name) {
        Optional<String> near = Verbs.near(name);
        return new Fault(
                Exit.USAGE,
                near.isPresent()
                        ? messages.get("error.verb.near", name, near.get())
                        : messages.get("error.verb", name));
    }

    /** A reader that went away (`kepm audit list | head`) is no fault to talk about. */
    private int unwritten(int exit) {
        String cause = String.valueOf(console.broken().orElseThrow().getMessage());
        if (!cause.contains("Broken pipe")) {
            console.error(messages.get("error.output", cause));
        }
        return exit == Exit.OK ? Exit.FAILED : exit;
    }
}
