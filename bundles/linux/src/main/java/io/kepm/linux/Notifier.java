package io.kepm.linux;

import java.util.List;

/**
 * The programs by which a notification gets to the desktop of a user (Desktop Notifications
 * Specification 1.2, {@code org.freedesktop.Notifications.Notify}), in the order of preference.
 * INVARIANT: what is to be shown is one argument that is nothing but text to its program.
 */
enum Notifier {
    /** Of libnotify. */
    NOTIFY_SEND("notify-send") {
        @Override
        List<String> argv(String title, String text) {
            return List.of(
                    program(),
                    "--app-name=" + APP,
                    "--icon=" + ICON,
                    "--expire-time=" + MILLIS,
                    "--",
                    title,
                    markup(text));
        }
    },
    /** Of GLib; what stands in quotation marks is a text to it, whatever is in it. */
    GDBUS("gdbus") {
        @Override
        List<String> argv(String title, String text) {
            return List.of(
                    program(),
                    "call",
                    "--session",
                    "--timeout=2",
                    "--dest=" + SERVICE,
                    "--object-path=" + PATH,
                    "--method=" + SERVICE + ".Notify",
                    "--",
                    quoted(APP),
                    "uint32 0",
                    quoted(ICON),
                    quoted(title),
                    quoted(markup(text)),
                    "@as []",
                    "@a{sv} {}",
                    "int32 " + MILLIS);
        }
    },
    /** Of systemd; it takes texts as they are. */
    BUSCTL("busctl") {
        @Override
        List<String> argv(String title, String text) {
            return List.of(
                    program(),
                    "--user",
                    "--timeout=2",
                    "--",
                    "call",
                    SERVICE,
                    PATH,
                    SERVICE,
                    "Notify",
                    "susssasa{sv}i",
                    APP,
                    "0",
                    ICON,
                    title,
                    markup(text),
                    "0",
                    "0",
                    MILLIS);
        }
    };

    private static final String APP = "KEPM";
    private static final String ICON = "dialog-information";
    private static final String MILLIS = "15000";
    private static final String SERVICE = "org.freedesktop.Notifications";
    private static final String PATH = "/org/freedesktop/Notifications";

    private final String program;

    Notifier(String program) {
        this.program = program;
    }

    String program() {
        return program;
    }

    /** Its arguments, its own name first. */
    abstract List<String> argv(String title, String text);

    /** The body of a notification may hold markup: what would begin some is written out. */
    static String markup(String text) {
        return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;");
    }

    /** A text in GVariant's notation. */
    static String quoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }
}
