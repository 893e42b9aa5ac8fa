package io.kepm.api.trust;

import java.nio.file.Path;
import org.osgi.annotation.versioning.ProviderType;

/**
 * Hears from the parts of the agent that write files of configuration for whom they do: every
 * change of a watched file is put on record once, and who asked for it is in that record. Safe for
 * use by many threads.
 */
@ProviderType
public interface FileAuthors {

    /**
     * Tells of a change that is about to be made. What becomes of the file otherwise is nobody's.
     *
     * @param sha256 of the new content, lower-case hex; empty when the file will be gone
     * @param by who asked for it, for people
     */
    void writes(Path file, String sha256, String by);
}
