package io.kepm.api.trust;

import java.nio.file.Path;
import java.util.List;
import org.osgi.annotation.versioning.ProviderType;

/** Judges whether somebody other than root could have changed a path (trust.md §3). */
@ProviderType
public interface FileTrust {

    /**
     * What is wrong with a path, its parents, what it links to, and for a folder with what lies
     * directly in it; empty when only root could have changed it.
     */
    List<Violation> check(Path path);

    /** A path that others could have changed, and the command that repairs it. */
    record Violation(Path path, String detail, String repair) {}
}
