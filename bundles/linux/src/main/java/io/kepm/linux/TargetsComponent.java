package io.kepm.linux;

import io.kepm.api.linux.Targets;
import io.kepm.api.linux.UnixSockets;
import java.io.IOException;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;

/** Offers the facts about programs, arguments and the machine. Safe for use by many threads. */
@Component
public final class TargetsComponent implements Targets {

    private final Inspection inspection;
    private final HostName hostName;

    @Activate
    public TargetsComponent() {
        InstantSource clock = InstantSource.system();
        inspection = new Inspection(new Digests(clock));
        hostName = new HostName(clock);
    }

    @Override
    public Facts inspect(String path, Optional<UnixSockets.Descriptor> descriptor) {
        return inspection.inspect(path, descriptor);
    }

    @Override
    public Facts foresee(String path) {
        return inspection.foresee(path);
    }

    @Override
    public List<Optional<String>> resolve(List<String> arguments, String cwd) {
        return new ArgumentPaths(cwd).resolve(arguments);
    }

    @Override
    public Opened open(String word) throws IOException {
        return Lookup.open(word);
    }

    @Override
    public String folder(int pid) throws IOException {
        String name = PathWalk.readLink("/proc/" + pid + "/cwd");
        if (!name.startsWith("/")) {
            throw new IOException("your current directory is none of this system's");
        }
        return name;
    }

    @Override
    public String hostname() {
        return hostName.get();
    }
}
