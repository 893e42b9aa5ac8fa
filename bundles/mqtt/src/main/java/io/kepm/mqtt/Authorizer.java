package io.kepm.mqtt;

import io.kepm.api.trust.TopicRights;

/** Says what a client may say and hear. */
interface Authorizer {

    /** The rights of a client, by what it declared. */
    Rights rights(String clientId, TopicRights declared);
}
