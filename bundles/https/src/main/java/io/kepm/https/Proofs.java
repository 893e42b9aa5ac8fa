package io.kepm.https;

import io.kepm.api.elevation.GrantedRoot;
import io.kepm.api.linux.SocketOwners;
import io.kepm.api.storage.Storage;
import io.kepm.api.trust.Launches;

/** The floors below that say who somebody is. */
record Proofs(Launches launches, SocketOwners owners, GrantedRoot granted, Storage storage) {}
