package io.kepm.shell;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditLog;
import io.kepm.api.audit.AuditType;
import io.kepm.api.audit.Secrets;
import io.kepm.api.linux.Peer;
import io.kepm.api.storage.StorageException;
import io.kepm.api.text.ArgumentText;
import io.kepm.api.text.VisibleText;
import java.io.InputStream;
import java.io.PrintStream;
import java.security.PrivilegedExceptionAction;
import java.util.List;
import java.util.Set;
import javax.security.auth.Subject;
import org.apache.karaf.jaas.boot.principal.RolePrincipal;
import org.apache.karaf.jaas.boot.principal.UserPrincipal;
import org.apache.karaf.shell.api.console.Session;
import org.apache.karaf.shell.api.console.SessionFactory;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Runs one command line in a Karaf session of its own, after it is on record. */
final class Runner {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int NOT_ALLOWED = 126;
    static final int NOT_FOUND = 127;

    /** Of one line, in characters. */
    static final int MOST_SHOWN = 16 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(Runner.class);

    /** Whoever gets this far is root, so Karaf's own roles have nothing left to say. */
    private static final List<String> ROLES =
            List.of("admin", "manager", "viewer", "systembundles");

    private final SessionFactory sessions;
    private final AuditLog audit;

    Runner(SessionFactory sessions, AuditLog audit) {
        this.sessions = sessions;
        this.audit = audit;
    }

    /** The exit status; output and errors have been written. */
    int run(String line, Peer peer, PrintStream out) {
        List<String> words;
        try {
            words = ArgumentText.split(line);
        } catch (ArgumentText.Unbalanced e) {
            return say(out, e.getMessage() + ": quote the word", FAILED);
        }
        if (words.isEmpty()) {
            return say(out, "no command: try kepm:help", NOT_FOUND);
        }
        boolean allowed = Allowed.contains(words.get(0));
        if (!record(line, peer, allowed)) {
            return say(out, "it could not be put on record, so it is not run", FAILED);
        }
        if (!allowed) {
            return say(out, "no command `" + words.get(0) + "` here: try kepm:help", NOT_ALLOWED);
        }
        try {
            return Subject.doAs(
                    root(), (PrivilegedExceptionAction<Integer>) () -> execute(words, out));
        } catch (Exception e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            LOG.debug("{} failed", words.get(0), e);
            return say(out, String.valueOf(cause.getMessage()), FAILED);
        }
    }

    private int execute(List<String> words, PrintStream out) throws Exception {
        String command = words.get(0);
        int colon = command.indexOf(':');
        Session session = sessions.create(InputStream.nullInputStream(), out, out);
        try {
            if (session.getRegistry()
                            .getCommand(command.substring(0, colon), command.substring(colon + 1))
                    == null) {
                return say(out, "`" + command + "` is not installed here", NOT_FOUND);
            }
            // Words travel as variables: the text that Karaf parses holds nothing of the caller's.
            StringBuilder text = new StringBuilder(command);
            for (int i = 1; i < words.size(); i++) {
                session.put("word" + i, words.get(i));
                text.append(" $word").append(i);
            }
            session.execute(text);
            return OK;
        } finally {
            session.close();
        }
    }

    private boolean record(String line, Peer peer, boolean allowed) {
        try {
            audit.append(
                    AuditDraft.of(AuditType.ADMIN_ACTION, allowed ? "STARTED" : "REFUSED")
                            .sessionType("shell")
                            .admin(
                                    new AuditDraft.UserInfo(
                                            "root", peer.uid(), "", "", peer.pid(), ""))
                            .detail("command", Secrets.hiddenInText(line))
                            .build());
            return true;
        } catch (StorageException e) {
            LOG.warn("a shell command could not be put on record: {}", e.getMessage());
            return false;
        }
    }

    private static Subject root() {
        Subject subject = new Subject();
        subject.getPrincipals().add(new UserPrincipal("root"));
        ROLES.forEach(role -> subject.getPrincipals().add(new RolePrincipal(role)));
        return new Subject(true, subject.getPrincipals(), Set.of(), Set.of());
    }

    private static int say(PrintStream out, String text, int status) {
        out.print("kepm shell: " + VisibleText.of(text, MOST_SHOWN) + "\n");
        return status;
    }
}
