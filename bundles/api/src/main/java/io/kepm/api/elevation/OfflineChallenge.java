package io.kepm.api.elevation;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What a person reads to an approver who can't reach the machine: twenty-four characters that name
 * the machine, how many challenges it has made, the request, and the command; the last two find
 * typing errors. It is no secret, and binds nothing by itself: see {@link OfflineKey#answer}.
 *
 * @param machine see {@link OfflineKey#machine}
 * @param counter of the challenges of this machine; never the same one twice
 * @param request 30 bits of a digest over the whole normalised request and its id
 * @param command 20 bits of a digest over the command and all of the above, by which what was heard
 *     or typed wrong is found. Another command of the same ones is found within seconds
 */
public record OfflineChallenge(String machine, long counter, String request, String command) {

    static final int MACHINE = 7;
    static final int COUNTER = 5;
    static final int REQUEST = 6;
    static final int COMMAND = 4;
    private static final int CHECK = 2;
    private static final int LENGTH = MACHINE + COUNTER + REQUEST + COMMAND + CHECK;

    /** The last one that a machine can make. */
    public static final long LAST = (1L << (COUNTER * Crockford.BITS)) - 1;

    public OfflineChallenge {
        if (machine.length() != MACHINE
                || request.length() != REQUEST
                || command.length() != COMMAND) {
            throw new IllegalArgumentException("a part has another length");
        }
        if (counter < 1 || counter > LAST) {
            throw new IllegalArgumentException("no such challenge: " + counter);
        }
    }

    /**
     * What an approver hears that it is about.
     *
     * @param words the path of the program and its arguments, as the person is shown them
     */
    public record Command(String user, String runAs, List<String> words) {
        public Command {
            words = List.copyOf(words);
        }

        private String digest(String head) {
            return Crockford.of(OfflineKey.digest(form("kepm command 1\n" + head)), COMMAND);
        }

        /** A digest over the whole of it: no other command has the same one. */
        byte[] digest() {
            return OfflineKey.digest(form("kepm command 2"));
        }

        private String form(String label) {
            StringBuilder all = new StringBuilder(label);
            Stream.concat(Stream.of(user, runAs), words.stream())
                    .forEach(
                            word ->
                                    all.append('\n')
                                            .append(word.length())
                                            .append(':')
                                            .append(word));
            return all.toString();
        }
    }

    /**
     * The challenge of one request.
     *
     * @param hash of the whole normalised request
     * @param id of the request, which nobody chooses
     */
    public static OfflineChallenge of(
            String machine, long counter, String hash, String id, Command command) {
        byte[] digest = OfflineKey.digest("kepm request 1\n" + hash + "\n" + id);
        String request = Crockford.of(digest, REQUEST);
        String head = head(machine, counter, request);
        return new OfflineChallenge(machine, counter, request, command.digest(head));
    }

    /** Whether it can have been made for this command; the answer tells for certain. */
    public boolean isFor(Command heard) {
        return heard.digest(head(machine, counter, request)).equals(command);
    }

    /** As it is read out, in six groups of four. */
    public String text() {
        return Crockford.grouped(body() + check(body()));
    }

    /** What somebody typed; empty when it is no challenge, or has a typing error in it. */
    public static Optional<OfflineChallenge> parse(String typed) {
        String plain = typed.length() > 4 * LENGTH ? "" : Crockford.plain(typed);
        if (plain.length() != LENGTH || !Crockford.isOne(plain)) {
            return Optional.empty();
        }
        String body = plain.substring(0, LENGTH - CHECK);
        long counter = Crockford.number(body.substring(MACHINE, MACHINE + COUNTER));
        if (counter == 0 || !check(body).equals(plain.substring(LENGTH - CHECK))) {
            return Optional.empty();
        }
        return Optional.of(
                new OfflineChallenge(
                        body.substring(0, MACHINE),
                        counter,
                        body.substring(MACHINE + COUNTER, MACHINE + COUNTER + REQUEST),
                        body.substring(MACHINE + COUNTER + REQUEST)));
    }

    /** What an answer is bound to beside the command. */
    byte[] bytes() {
        return body().getBytes(StandardCharsets.UTF_8);
    }

    private String body() {
        return head(machine, counter, request) + command;
    }

    private static String head(String machine, long counter, String request) {
        return machine + Crockford.ofNumber(counter, COUNTER) + request;
    }

    private static String check(String body) {
        return Crockford.of(OfflineKey.digest("kepm challenge 1\n" + body), CHECK);
    }
}
