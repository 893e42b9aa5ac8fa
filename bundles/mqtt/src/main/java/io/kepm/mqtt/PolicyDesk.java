package io.kepm.mqtt;

import io.kepm.api.json.Fields;
import io.kepm.api.trust.Launches;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes what is published to {@code KeeperPolicy}, and publishes the answers. Its own threads
 * ({@code mqtt-policy-N}, up to 4, for group commit) wait for the disk; 256 requests may wait, 32
 * of one client: the others are answered 503 at once.
 */
final class PolicyDesk implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(PolicyDesk.class);
    private static final int THREADS = 4;
    private static final int WAITING = 256;
    private static final int WAITING_OF_ONE = 32;
    private static final Pattern CORRELATION = Pattern.compile("[A-Za-z0-9._-]{1,64}");

    /** Where an answer goes when its request does not say: nobody can read which it was. */
    private static final String UNREADABLE = "unreadable";

    private final PolicyQuestion question;
    private final Consumer<Message> answers;

    /** Requests of each client that wait or are being answered. */
    private final ConcurrentHashMap<String, Integer> busy = new ConcurrentHashMap<>();

    private final AtomicInteger number = new AtomicInteger();
    private final ThreadPoolExecutor pool =
            new ThreadPoolExecutor(
                    THREADS,
                    THREADS,
                    10,
                    TimeUnit.SECONDS,
                    new ArrayBlockingQueue<>(WAITING),
                    this::thread);

    PolicyDesk(PolicyQuestion question, Consumer<Message> answers) {
        this.question = question;
        this.answers = answers;
        pool.allowCoreThreadTimeOut(true);
    }

    private Thread thread(Runnable task) {
        Thread thread = new Thread(task, "mqtt-policy-" + number.incrementAndGet());
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Takes a request; its answer comes later.
     *
     * @return why it is dropped; empty when it is not
     */
    String take(Launches.Verdict.Known asker, byte[] payload) {
        String client = asker.component().clientId();
        Map<String, Object> members;
        try {
            members = new LinkedHashMap<>(JsonText.read(payload));
        } catch (JsonText.Unreadable e) {
            String fault = String.valueOf(e.getMessage());
            answer(client, UNREADABLE, PolicyQuestion.problem(400, fault, List.of()));
            return fault;
        }
        Object correlation = members.remove("correlationId");
        Object response = members.remove("responseTopic");
        if (!(correlation instanceof String id) || !CORRELATION.matcher(id).matches()) {
            String fault = "`correlationId` has to be 1 to 64 letters, digits, dots, dashes";
            answer(client, UNREADABLE, PolicyQuestion.problem(422, fault, List.of()));
            return fault;
        }
        if (response != null
                && !(response instanceof Optional<?>)
                && !response.equals(topic(client, id))) {
            String fault = "`responseTopic` can only be `{clientId}/Responses/{correlationId}`";
            answer(client, id, PolicyQuestion.problem(422, fault, List.of()));
            return fault;
        }
        enqueue(asker, id, new Fields(members));
        return "";
    }

    private void enqueue(Launches.Verdict.Known asker, String id, Fields fields) {
        String client = asker.component().clientId();
        if (busy.merge(client, 1, Integer::sum) > WAITING_OF_ONE) {
            done(client);
            answer(client, id, busy());
            return;
        }
        try {
            pool.execute(
                    () -> {
                        try {
                            answer(client, id, answered(asker, fields));
                        } finally {
                            done(client);
                        }
                    });
        } catch (RejectedExecutionException e) {
            done(client);
            answer(client, id, busy());
        }
    }

    /** Nobody who left keeps an entry. */
    private void done(String client) {
        busy.computeIfPresent(client, (key, count) -> count == 1 ? null : count - 1);
    }

    private Map<String, Object> answered(Launches.Verdict.Known asker, Fields fields) {
        try {
            return question.answer(asker, fields);
        } catch (RuntimeException e) {
            LOG.error("a request of `{}` failed", asker.component().clientId(), e);
            return PolicyQuestion.problem(500, "it failed; see the agent's log", List.of());
        }
    }

    private static Map<String, Object> busy() {
        return PolicyQuestion.problem(503, "too many requests wait; ask again", List.of());
    }

    private void answer(String client, String correlation, Map<String, Object> body) {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("correlationId", correlation);
        json.putAll(body);
        answers.accept(new Message(Topic.of(topic(client, correlation)), JsonText.write(json), 1));
    }

    static String topic(String client, String correlation) {
        return client + "/" + Topic.RESPONSES + "/" + correlation;
    }

    int waiting() {
        return pool.getQueue().size();
    }

    @Override
    public void close() {
        pool.shutdownNow();
    }
}
