package io.kepm.https;

import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.storage.StorageException;

/** What a route does. */
@FunctionalInterface
interface Action {

    /**
     * Serves one call.
     *
     * @throws StorageException when something could not be put on record: the caller is refused
     * @throws NameServiceException when it is not known who somebody is: the caller is refused
     */
    Answer answer(Call call) throws StorageException, NameServiceException;
}
