package io.kepm.sudo;

import io.kepm.api.elevation.Conversation;
import io.kepm.api.linux.UnixSockets.Connection;
import io.kepm.api.linux.UnixSockets.Descriptor;
import io.kepm.api.linux.UnixSockets.Frame;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/**
 * Speaks with the person at the other end of one sudo. The decision's thread asks and tells; the
 * keep-alive thread sends in between, never while a question is open. Once the plugin is gone or a
 * question was not answered in time, nothing is asked any more: a late answer could be taken for
 * that to another question.
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
    private boolean asking;
    private boolean unanswered;
    private boolean ended;

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
        Answer question =
                Answer.of("prompt")
                        .with("id", id)
                        .with("text", text)
                        .with("echo", echo ? "1" : "0");
        if (!canPrompt || !open(question)) {
            return Optional.empty();
        }
        long asked = System.nanoTime();
        boolean answered = false;
        try {
            Optional<String> answer = answer(id);
            answered = true;
            return answer;
        } catch (IOException | MalformedException e) {
            return Optional.empty();
        } finally {
            waited += System.nanoTime() - asked;
            close(answered);
        }
    }

    @Override
    public long waitedNanos() {
        return waited;
    }

    private boolean open(Answer question) {
        synchronized (lock) {
            asking = !unanswered && send(question);
            return asking;
        }
    }

    private void close(boolean answered) {
        synchronized (lock) {
            asking = false;
            unanswered |= !answered;
        }
    }

    private Optional<String> answer(String id) throws IOException, MalformedException {
        Frame frame = connection.receive(MOST_ANSWER_BYTES, patience);
        frame.descriptor().ifPresent(Descriptor::close);
        Fields fields = Fields.parse(frame.payload());
        if (!fields.one("v").equals("1")
                || !fields.one("op").equals("answer")
                || !fields.one("id").equals(id)
                || frame.descriptor().isPresent()) {
            throw new MalformedException("that was no answer to `" + id + "`");
        }
        if (fields.maybe("cancelled").isPresent() || fields.garbled().contains("value")) {
            return Optional.empty();
        }
        return Optional.of(fields.one("value"));
    }

    @Override
    public void tell(String text) {
        synchronized (lock) {
            send(Answer.of("info").with("text", text));
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

    /** Nothing is said until the last word. */
    void pause() {
        synchronized (lock) {
            asking = true;
        }
    }

    @Override
    public void close() {
        keepAlive.stop(beat);
    }
}
