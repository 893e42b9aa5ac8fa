package io.kepm.itests.plugin;

import io.kepm.api.messages.Login;
import io.kepm.api.messages.Messages;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** A bundle of a plugin with Paho in it, which speaks to the broker by what it is lent. */
public final class PahoInside implements BundleActivator {
    @Override
    public void start(BundleContext context) throws Exception {
        Messages messages = context.getService(context.getServiceReference(Messages.class));
        try (Login login = messages.login();
                InputStream certificate = Files.newInputStream(Path.of("/run/keeper/agent.crt"))) {
            String said =
                    PahoTalk.talk(
                            login.clientId(),
                            new String(login.secret(), StandardCharsets.US_ASCII).toCharArray(),
                            PahoTalk.trusting(certificate));
            Files.writeString(Path.of("/run/kepm-paho"), login.clientId() + ": " + said + "\n");
        }
    }

    @Override
    public void stop(BundleContext context) {}
}
