package io.kepm.mqtt;

import io.kepm.api.linux.UserPace;
import java.time.InstantSource;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;

/**
 * What all connections share.
 *
 * @param entry where TLS and identification wait, so that the broker's thread does not
 * @param clearedRetains retain flags that were cleared
 */
record Hall(
        Limits limits,
        Authenticator authenticator,
        Authorizer authorizer,
        Refusals refusals,
        Switchboard switchboard,
        Doorstep doorstep,
        UserPace handshakes,
        Intake intake,
        Executor entry,
        InstantSource clock,
        LongSupplier nanos,
        LongAdder clearedRetains) {}
