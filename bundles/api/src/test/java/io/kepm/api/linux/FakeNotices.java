package io.kepm.api.linux;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Shows nothing, and keeps what it was told. */
public final class FakeNotices implements Notices {

    /** What was to be shown, in order; on a desktop, or on terminals alone. */
    public final List<String> shown = new CopyOnWriteArrayList<>();

    public volatile int desktops = 1;
    public volatile int terminals;

    @Override
    public Shown show(Notice notice) {
        shown.add("show " + notice.uid() + " " + notice.title() + ": " + notice.text());
        return new Shown(desktops, desktops > 0 ? 0 : terminals, "shown by a fake");
    }

    @Override
    public Shown type(Notice notice) {
        shown.add("type " + notice.uid() + " " + notice.title() + ": " + notice.text());
        return new Shown(0, terminals, "typed by a fake");
    }
}
