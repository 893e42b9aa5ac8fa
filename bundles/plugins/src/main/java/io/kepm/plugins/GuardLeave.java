package io.kepm.plugins;

import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.ServiceReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells the framework guard that a jar may be older than what was here. The guard believes it of
 * the code of this bundle alone.
 */
record GuardLeave(BundleContext context) implements Consumer<String> {

    private static final Logger LOG = LoggerFactory.getLogger(GuardLeave.class);

    @Override
    @SuppressWarnings("rawtypes")
    public void accept(String sha256) {
        try {
            for (ServiceReference<Function> each :
                    context.getServiceReferences(Function.class, "(kepm.guard=desk)")) {
                // Only the framework itself is believed to be the guard.
                if (each.getBundle() != null && each.getBundle().getBundleId() == 0) {
                    tell(context.getService(each), sha256);
                }
            }
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    @SuppressWarnings({"unchecked", "rawtypes"})
    private static void tell(@org.jspecify.annotations.Nullable Function desk, String sha256) {
        if (desk != null && desk.apply(Map.of("leave", sha256)) instanceof Map<?, ?> answer) {
            Object fault = answer.get("fault");
            if (!"".equals(fault)) {
                LOG.error("the framework guard takes no leave: {}", fault);
            }
        }
    }
}
