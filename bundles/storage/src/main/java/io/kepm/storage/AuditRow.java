package io.kepm.storage;

import org.jspecify.annotations.Nullable;

/**
 * One row of the audit table as SQLite holds it.
 *
 * @param time milliseconds since 1970
 * @param account keyed hash of the user's name, or null
 * @param target keyed hash of the target's path, or null
 * @param request keyed hash of the request's uid, or null
 * @param body sealed hash and canonical text
 */
record AuditRow(
        long seq,
        long time,
        String type,
        byte @Nullable [] account,
        byte @Nullable [] target,
        byte @Nullable [] request,
        byte[] body) {

    AuditRow withBody(byte[] sealed) {
        return new AuditRow(seq, time, type, account, target, request, sealed);
    }
}
