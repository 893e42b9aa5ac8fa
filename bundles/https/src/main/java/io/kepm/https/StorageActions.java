package io.kepm.https;

import io.kepm.api.json.Fields;
import io.kepm.api.storage.StorageException;
import io.kepm.api.storage.StoreCare;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Care of the store: check, backup, new keys. For root alone. */
final class StorageActions {

    private static final int LONGEST_PATH = 4_095;

    private final StoreCare store;

    StorageActions(StoreCare store) {
        this.store = store;
    }

    Answer check(Call call) throws StorageException {
        List<String> faults = store.faults();
        StoreCare.Room room = store.room();
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("sound", faults.isEmpty());
        body.put("faults", faults);
        body.put("pagesChecked", room.used() <= StoreCare.LARGEST_CHECKED);
        body.put("used", room.used());
        body.put("free", room.free());
        body.put("reserveUsed", room.reserveUsed());
        return Answer.ok(body).noted(faults.isEmpty() ? "sound" : faults.get(0));
    }

    Answer backup(Call call) throws StorageException {
        Fields fields = new Fields(call.body());
        String file = fields.requiredText("file", LONGEST_PATH);
        if (fields.faults().isEmpty() && !isAbsolute(file)) {
            fields.fault("file", "not an absolute path");
        }
        if (!fields.faults().isEmpty()) {
            return Answer.invalid(fields.faults());
        }
        try {
            long records = store.backup(Path.of(file));
            Map<String, Object> body = new LinkedHashMap<>();
            body.put("file", file);
            body.put("records", records);
            return Answer.ok(body).noted("backup to " + file);
        } catch (StorageException e) {
            return Answer.problem(409, String.valueOf(e.getMessage()));
        }
    }

    Answer rotateKeys(Call call) throws StorageException {
        Map<String, Object> body = new LinkedHashMap<>();
        body.put("keys", store.rotateKeys());
        return Answer.ok(body).noted("new keys");
    }

    private static boolean isAbsolute(String file) {
        try {
            return Path.of(file).isAbsolute();
        } catch (InvalidPathException e) {
            return false;
        }
    }
}
