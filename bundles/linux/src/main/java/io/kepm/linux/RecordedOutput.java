package io.kepm.linux;

import com.sun.jna.Native;
import io.kepm.api.linux.TransientUnits.Recorder;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from a supervisor what its command shows, on a thread of its own. When it can't be taken
 * down it hangs up, and the supervisor ends the command.
 */
final class RecordedOutput {

    private static final Logger LOG = LoggerFactory.getLogger(RecordedOutput.class);
    private static final int MOST = 128;
    private static final int HEAD = 9;
    private static final int MOST_BYTES = 64 * 1024;
    private static final int PAUSE_MILLIS = 1000;
    private static final int MOST_OF_ONE = 16;
    private static final Semaphore PLACES = new Semaphore(MOST);
    private static final PlacesByUser BY_USER = new PlacesByUser(MOST_OF_ONE);

    private final int socket;
    private final Recorder recorder;
    private final PlacesByUser.Place place;

    private RecordedOutput(int socket, Recorder recorder, PlacesByUser.Place place) {
        this.socket = socket;
        this.recorder = recorder;
        this.place = place;
    }

    /**
     * Takes over the socket, whose messages are a kind, microseconds since the beginning (64 bits,
     * big endian) and bytes.
     *
     * @param uid of whoever asked for the command
     * @throws IOException when too many are recorded: the socket is closed then
     */
    static void hear(int socket, Recorder recorder, long uid) throws IOException {
        PlacesByUser.Place place = BY_USER.take(uid);
        if (!place.isTaken() || !PLACES.tryAcquire()) {
            place.giveBack();
            Libc.close(socket);
            throw new IOException("too many commands are recorded: wait until one has ended");
        }
        RecordedOutput output = new RecordedOutput(socket, recorder, place);
        Thread thread = new Thread(null, output::run, "kepm-recorder", 256 * 1024);
        thread.setDaemon(true);
        try {
            thread.start();
        } catch (OutOfMemoryError e) {
            // No thread: the limit of the system.
            PLACES.release();
            place.giveBack();
            Libc.close(socket);
            throw new IOException("no thread for a recording", e);
        }
    }

    private void run() {
        try (Poll poll = new Poll(1)) {
            byte[] message = new byte[MOST_BYTES];
            while (true) {
                poll.watch(0, socket, Libc.POLLIN);
                if (!poll.await(PAUSE_MILLIS)) {
                    recorder.pause();
                    continue;
                }
                long count = Libc.recv(socket, message, message.length, Libc.MSG_DONTWAIT);
                int errno = count < 0 ? Native.getLastError() : 0;
                if (count == 0 || errno == Libc.ECONNRESET) {
                    return;
                }
                if (count > 0) {
                    take(message, (int) count);
                } else if (errno != Libc.EAGAIN && errno != Libc.EINTR) {
                    throw new IOException("hearing what it shows: " + Libc.words(errno));
                }
            }
        } catch (IOException | RuntimeException | Error e) {
            LOG.error("a command is ended since it can't be recorded: {}", e.getMessage(), e);
        } finally {
            Libc.close(socket);
            PLACES.release();
            place.giveBack();
            recorder.over();
        }
    }

    private void take(byte[] message, int count) throws IOException {
        if (count < HEAD) {
            throw new IOException("a supervisor said something else");
        }
        long micros = ByteBuffer.wrap(message, 1, 8).getLong();
        recorder.take(
                (char) message[0],
                Duration.ofNanos(Math.multiplyExact(micros, 1000)),
                Arrays.copyOfRange(message, HEAD, count));
    }
}
