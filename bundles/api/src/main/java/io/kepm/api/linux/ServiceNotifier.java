package io.kepm.api.linux;

import org.osgi.annotation.versioning.ProviderType;

/** Tells the service manager how the agent fares (sd_notify(3)); silent where there is none. */
@ProviderType
public interface ServiceNotifier {

    void ready(String status);

    void status(String status);

    void stopping();
}
