package io.kepm.storage;

import io.kepm.api.audit.AuditPlace;
import io.kepm.api.storage.StoreCare;
import java.util.Optional;

/**
 * A record that knows which one it follows.
 *
 * @param removed the last record that it stands for, and that goes with all before it
 */
record Following(StoreCare.NextRecord record, Optional<AuditPlace> removed) {}
