package io.kepm.plugins;

import io.kepm.api.trust.Launches;
import io.kepm.api.trust.Signatures;
import java.util.Optional;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;

/**
 * Makes a bundle or a process of a plugin, as its document says.
 *
 * @param context of this bundle, by which others are installed
 */
record PluginBodies(
        Folders folders,
        BundleContext context,
        Signatures signatures,
        Leave leave,
        Supplier<Optional<Launches>> launches,
        Owners owners,
        ProcessBook processes,
        Pings pings,
        SignedFiles files)
        implements Supervisor.Bodies {

    @Override
    public Body of(PluginDocument document) {
        return document.kind() == PluginDocument.Kind.SERVICE
                ? new ServiceBody(document, folders, context, signatures, leave)
                : new ProcessBody(
                        document, folders, signatures, launches, owners, processes, pings, files);
    }

    @Override
    public String stamp(PluginDocument document) {
        return SignedFiles.isMeant(document.code()) ? files.stamp(document.code()) : "";
    }
}
