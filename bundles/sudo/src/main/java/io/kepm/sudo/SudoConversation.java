package io.kepm.sudo;

import io.kepm.api.elevation.Conversation;
import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Descriptor;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Speaks with the person at the other end of one sudo. The decision's thread asks and tells; the
 * keep-alive thread sends in between, never while a question is open. Each question has an id of
 * its own, so that the answer to one that was given up is never taken for that to another; once the
 * plugin is gone or says what is no answer, nothing is asked any more.
 */
final class SudoConversation implements Conversation, AutoCloseable {

    private static final int MOST_ANSWER_BYTES = 64 * 1024;

    private final Connection connection;
    private final boolean canPrompt;
    private final Duration patience;
    private final KeepAlive keepAlive;
    private final Runnable beat = this::stillHere;
    private final Object lock = new Object();
    // Of the decision's thread alone.
    private long waited;
    private final Map<String, Integer> questions = new HashMap<>();
    private final Set<String> late = new HashSet<>();
    private boolean asking;
    private boolean garbled;
    private boolean ended;
    // Under the lock.
    private String request = "";

    SudoConversation(
            Connection connection, boolean canPrompt, Duration patience, KeepAlive keepAlive) {
        this.connection = connection;
        this.canPrompt = canPrompt;
        this.patience = patience;
        this.keepAlive = keepAlive;
        keepAlive.start(beat);
    }

    @Override
    public Optional<String> ask(String id, String text, boolean echo) {
        int count = questions.merge(id, 1, Integer::sum);
        String own = count == 1 ? id : id + "#" + count;
        Answer question =
                Answer.of("prompt")
                        .with("id", own)
                        .with("text", text)
                        .with("echo", echo ? "1" : "0");
        if (!canPrompt || !open(question)) {
            return Optional.empty();
        }
        long asked = System.nanoTime();
        boolean understood = false;
        try {
            Optional<String> answer = answer(own, asked);
            understood = true;
            return answer;
        } catch (SocketTimeoutException e) {
            late.add(own);
            understood = true;
            return Optional.empty();
        } catch (IOException | MalformedException e) {
            return Optional.empty();
        } finally {
            waited += System.nanoTime() - asked;
            close(understood);
        }
    }

    /** Whether an answer may still come, which nobody would wait for. */
    boolean isOwedAnAnswer() {
        return garbled || !late.isEmpty();
    }

    @Override
    public long waitedNanos() {
        return waited;
    }

    private boolean open(Answer question) {
        synchronized (lock) {
            asking = !garbled && send(question);
            return asking;
        }
    }

    private void close(boolean understood) {
        synchronized (lock) {
            asking = false;
            garbled |= !understood;
        }
    }

    private Optional<String> answer(String id, long asked) throws IOException, MalformedException {
        for (; ; ) {
            Duration left = patience.minusNanos(System.nanoTime() - asked);
            Frame frame =
                    connection.receive(MOST_ANSWER_BYTES, left.isNegative() ? Duration.ZERO : left);
            frame.descriptor().ifPresent(Descriptor::close);
            Fields fields = Fields.parse(frame.payload());
            if (!fields.one("v").equals("1")
                    || !fields.one("op").equals("answer")
                    || frame.descriptor().isPresent()) {
                throw new MalformedException("that was no answer to `" + id + "`");
            }
            if (fields.one("id").equals(id)) {
                return value(fields);
            }
            // One answer to each question that was given up, at most.
            if (!late.remove(fields.one("id"))) {
                throw new MalformedException("that was no answer to `" + id + "`");
            }
        }
    }

    private static Optional<String> value(Fields fields) throws MalformedException {
        if (fields.maybe("cancelled").isPresent() || fields.garbled().contains("value")) {
            return Optional.empty();
        }
        return Optional.of(fields.one("value"));
    }

    /** The plugin keeps the id, and says it to the next agent should this one be gone. */
    @Override
    public void about(String requestId) {
        synchronized (lock) {
            request = requestId;
        }
    }

    @Override
    public void tell(String text) {
        synchronized (lock) {
            Answer info = Answer.of("info").with("text", text);
            send(request.isEmpty() ? info : info.with("request", request));
        }
    }

    /** A word to who has hung up does not get there. */
    @Override
    public boolean isThere() {
        synchronized (lock) {
            return send(Answer.of("wait"));
        }
    }

    private void stillHere() {
        synchronized (lock) {
            if (!asking) {
                send(Answer.of("wait"));
            }
        }
    }

    /** The last word; false when it did not reach the plugin, which then has nothing run. */
    boolean conclude(Answer answer) {
        synchronized (lock) {
            boolean reached = send(answer);
            ended = true;
            return reached;
        }
    }

    private boolean send(Answer answer) {
        try {
            if (!ended) {
                connection.send(answer.bytes());
                return true;
            }
        } catch (IOException e) {
            ended = true;
        }
        return false;
    }

    @Override
    public void close() {
        keepAlive.stop(beat);
    }
}
