package io.kepm.sudo;

import io.kepm.api.health.HealthCheck;

/** In place of the canary, in an agent that a user started to try things out. */
record NoSudo() implements HealthCheck {

    @Override
    public String name() {
        return "sudo canary";
    }

    @Override
    public Health check() {
        return Health.healthy("kepm dev: no sudo asks this agent, and it elevates nothing");
    }
}
