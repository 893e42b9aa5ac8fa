package io.kepm.https;

import io.kepm.api.audit.AuditLog;
import io.kepm.api.elevation.Governance;
import io.kepm.api.elevation.LaunchDecision;
import io.kepm.api.elevation.OfflineApprovals;
import io.kepm.api.elevation.Requests;
import io.kepm.api.elevation.SecondFactors;
import io.kepm.api.elevation.SessionRecordings;
import io.kepm.api.jobs.Jobs;
import io.kepm.api.linux.Accounts;
import io.kepm.api.linux.Targets;
import io.kepm.api.linux.UnixSockets;
import io.kepm.api.messages.BrokerWatch;
import io.kepm.api.plugins.Plugins;
import io.kepm.api.policy.PolicyEngine;
import io.kepm.api.policy.SourceLimits;
import io.kepm.api.settings.SettingsDesk;
import io.kepm.api.storage.StoreCare;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * What this door needs from the floors below.
 *
 * @param broker what can be seen of the broker, while it is there
 * @param jobs the jobs, while they are there
 */
record Services(
        AuditLog audit,
        StoreCare store,
        SettingsDesk settings,
        PolicyEngine engine,
        SourceLimits sources,
        LaunchDecision launches,
        Requests requests,
        SecondFactors factors,
        OfflineApprovals offline,
        SessionRecordings recordings,
        Governance governance,
        Accounts accounts,
        Targets targets,
        UnixSockets sockets,
        Proofs proofs,
        Supplier<Optional<BrokerWatch>> broker,
        Supplier<Optional<Plugins>> plugins,
        Supplier<Optional<Jobs>> jobs) {}
