package io.kepm.linux;

import com.sun.jna.Native;
import io.kepm.api.linux.Terminals;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.regex.Pattern;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes to terminals: character devices below {@code /dev} that belong to the user they are for,
 * opened without becoming ours and without waiting. Safe for use by many threads.
 */
@Component
public final class TerminalsComponent implements Terminals {

    private static final Logger LOG = LoggerFactory.getLogger(TerminalsComponent.class);
    private static final Pattern TERMINAL =
            Pattern.compile("/dev/(pts/[0-9]{1,9}|tty[A-Za-z0-9]{1,16}|console)");

    private static final int MOST_BYTES = 4096;

    @Activate
    public TerminalsComponent() {}

    @Override
    public boolean tell(String tty, long uid, String text) {
        if (!TERMINAL.matcher(tty).matches()) {
            return false;
        }
        int flags = Libc.O_WRONLY | Libc.O_NOCTTY | Libc.NONBLOCK | Libc.CLOEXEC;
        int number = Libc.open(Libc.text(tty), flags);
        if (number < 0) {
            LOG.debug("`{}`: {}", tty, Libc.words(Native.getLastError()));
            return false;
        }
        try {
            FileStatus status = FileStatus.of(number);
            if (!status.isCharacterDevice() || status.uid() != uid) {
                return false;
            }
            byte[] bytes = bytes(text);
            return Libc.write(number, bytes, bytes.length) == bytes.length;
        } catch (IOException e) {
            LOG.debug("`{}`: {}", tty, e.getMessage());
            return false;
        } finally {
            Libc.close(number);
        }
    }

    /** A command in between may have the terminal in raw mode: lines end as it needs it then. */
    private static byte[] bytes(String text) {
        StringBuilder clean = new StringBuilder("\r\n");
        text.codePoints()
                .limit(MOST_BYTES / 4)
                .filter(
                        c ->
                                c == '\n'
                                        || !(Character.isISOControl(c)
                                                || Character.getType(c) == Character.FORMAT))
                .forEach(
                        c -> {
                            if (c == '\n') {
                                clean.append('\r');
                            }
                            clean.appendCodePoint(c);
                        });
        return clean.append("\r\n").toString().getBytes(StandardCharsets.UTF_8);
    }
}
