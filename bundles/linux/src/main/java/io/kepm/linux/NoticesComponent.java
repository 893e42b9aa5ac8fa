package io.kepm.linux;

import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Launcher;
import io.kepm.api.linux.Notices;
import io.kepm.api.linux.Sessions;
import io.kepm.api.linux.Terminals;
import io.kepm.api.text.VisibleText;
import io.kepm.linux.Desktops.Tried;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells people something on their desktops, and on the terminals of those it does not reach so. */
@Component
public final class NoticesComponent implements Notices {

    private static final Logger LOG = LoggerFactory.getLogger(NoticesComponent.class);
    private static final int MOST_PEOPLE = 16;
    private static final int MOST_TERMINALS = 32;
    private static final int LONGEST_TITLE = 100;
    private static final int LONGEST_TEXT = 1000;

    private final Desktops desktops;
    private final Sessions sessions;
    private final Terminals terminals;
    private final Path folder;

    @Activate
    public NoticesComponent(
            @Reference Launcher launcher,
            @Reference Accounts accounts,
            @Reference Sessions sessions,
            @Reference Terminals terminals) {
        this(
                new Desktops(
                        launcher,
                        accounts,
                        Path.of("/run/user"),
                        List.of(Path.of("/usr/bin"), Path.of("/bin"))),
                sessions,
                terminals,
                Path.of("/dev/pts"));
    }

    NoticesComponent(Desktops desktops, Sessions sessions, Terminals terminals, Path folder) {
        this.desktops = desktops;
        this.sessions = sessions;
        this.terminals = terminals;
        this.folder = folder;
    }

    @Override
    public Shown show(Notice notice) throws InterruptedException {
        List<Tried> tried =
                desktops.show(
                        people(notice.uid()),
                        VisibleText.of(notice.title(), LONGEST_TITLE),
                        VisibleText.of(notice.text(), LONGEST_TEXT));
        List<Tried> shown = tried.stream().filter(Tried::isShown).toList();
        List<Long> reached = shown.stream().map(Tried::uid).toList();
        int typed = notice.uid() >= 0 && !reached.isEmpty() ? 0 : type(notice, reached);
        List<String> words = new ArrayList<>();
        if (!shown.isEmpty()) {
            words.add(
                    "shown on the desktop of "
                            + shown.size()
                            + (shown.size() == 1 ? " user by " : " users by ")
                            + shown.get(0).program());
        }
        if (shown.isEmpty() || typed > 0) {
            words.add(onTerminals(typed));
        }
        tried.stream()
                .filter(each -> !each.isShown())
                .map(Tried::why)
                .distinct()
                .forEach(why -> words.add("no desktop: " + why));
        if (tried.isEmpty()) {
            words.add("no desktop: nobody is logged in with one");
        }
        return new Shown(shown.size(), typed, words.stream().collect(Collectors.joining("; ")));
    }

    @Override
    public Shown type(Notice notice) {
        int typed = type(notice, List.of());
        return new Shown(0, typed, onTerminals(typed));
    }

    private static String onTerminals(int count) {
        return count == 0
                ? "nobody has a terminal open here"
                : "shown on " + count + (count == 1 ? " terminal" : " terminals");
    }

    private List<Long> people(long uid) {
        return uid >= 0
                ? List.of(uid)
                : sessions.list().stream()
                        .map(Sessions.Session::uid)
                        .distinct()
                        .limit(MOST_PEOPLE)
                        .toList();
    }

    /** On how many terminals, of everybody but root and those who saw it already. */
    private int type(Notice notice, List<Long> reached) {
        String title = notice.title().isEmpty() ? "" : notice.title() + ": ";
        String line = "[kepm] " + VisibleText.of(title + notice.text(), LONGEST_TEXT);
        int typed = 0;
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (typed < MOST_TERMINALS
                        && String.valueOf(file.getFileName()).matches("\\d+")
                        && typed(file, notice.uid(), reached, line)) {
                    typed++;
                }
            }
        } catch (IOException e) {
            LOG.debug("terminals could not be listed", e);
        }
        return typed;
    }

    /** Who does not want messages took the write right of the group (mesg(1)). */
    private boolean typed(Path file, long uid, List<Long> reached, String line) {
        try {
            long owner = ((Number) Files.getAttribute(file, "unix:uid")).longValue();
            boolean wanted = uid >= 0 ? owner == uid : owner != 0 && !reached.contains(owner);
            return wanted
                    && Files.getPosixFilePermissions(file).contains(PosixFilePermission.GROUP_WRITE)
                    && terminals.tell(file.toString(), owner, line);
        } catch (IOException e) {
            LOG.debug("`{}` went while it was looked at", file, e);
            return false;
        }
    }
}
