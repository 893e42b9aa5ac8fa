package io.kepm.api.audit;

import org.osgi.annotation.versioning.ProviderType;

/**
 * Which records the exports still wait for, asked by whoever removes old ones. Where this service
 * is absent nobody knows, and every record may still be needed.
 */
@ProviderType
public interface ExportCursors {

    /**
     * The first record that some export has not delivered for good; {@link Long#MAX_VALUE} when
     * there is no export. Does not block.
     */
    long oldestNeeded();
}
