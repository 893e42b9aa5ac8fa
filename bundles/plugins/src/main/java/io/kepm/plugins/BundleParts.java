package io.kepm.plugins;

import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.PluginStatus;
import io.kepm.api.plugins.Renewal;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.InvalidSyntaxException;
import org.osgi.framework.dto.ServiceReferenceDTO;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The agent's own bundles as parts. One is renewed from within where others hang on its services;
 * else it is restarted by its components alone, and only when no component of another part is bound
 * to what they offer.
 */
final class BundleParts implements OwnParts {

    private static final Logger LOG = LoggerFactory.getLogger(BundleParts.class);

    /** Names as people know them; several may be the work of one bundle. */
    private static final Map<String, Part> PARTS = parts();

    /** The answer to the call goes out before. */
    static final long DOOR_MILLIS = 500;

    /**
     * A part.
     *
     * @param packages of the components that are restarted
     */
    private record Part(String bundle, List<String> packages) {
        boolean has(ComponentDescriptionDTO component) {
            return component.bundle.symbolicName.equals(bundle)
                    && packages.stream().anyMatch(component.implementationClass::startsWith);
        }
    }

    private final BundleContext context;
    private final ServiceComponentRuntime runtime;

    BundleParts(BundleContext context, ServiceComponentRuntime runtime) {
        this.context = context;
        this.runtime = runtime;
    }

    private static Map<String, Part> parts() {
        Map<String, Part> parts = new LinkedHashMap<>();
        parts.put("KeeperLinux", whole("io.kepm.linux"));
        parts.put("KeeperStorage", whole("io.kepm.storage"));
        // The audit itself is no part: without it nothing is decided.
        parts.put(
                "KeeperLogger",
                new Part("io.kepm.audit", List.of("io.kepm.audit.log.", "io.kepm.audit.export.")));
        parts.put("KeeperTrust", whole("io.kepm.trust"));
        parts.put("KeeperPolicy", whole("io.kepm.policy"));
        parts.put("RedirectEvaluator", whole("io.kepm.policy"));
        parts.put("KeeperElevation", whole("io.kepm.elevation"));
        parts.put("KeeperJobs", whole("io.kepm.jobs"));
        parts.put("KeeperSudo", whole("io.kepm.sudo"));
        parts.put("KeeperHttps", whole("io.kepm.https"));
        parts.put("KeeperMqtt", whole("io.kepm.mqtt"));
        parts.put("KeeperAPI", whole("io.kepm.sync"));
        parts.put("KeeperShell", whole("io.kepm.shell"));
        return parts;
    }

    private static Part whole(String bundle) {
        return new Part(bundle, List.of(""));
    }

    @Override
    public List<PluginStatus> list() {
        List<PluginStatus> list = new ArrayList<>();
        PARTS.forEach(
                (id, part) ->
                        bundle(part.bundle()).ifPresent(bundle -> list.add(status(id, bundle))));
        return list;
    }

    private PluginStatus status(String id, Bundle bundle) {
        String fault = fault(bundle);
        return new PluginStatus(
                id,
                id,
                "Agent",
                bundle.getVersion().toString(),
                fault.isEmpty() ? PluginState.HEALTHY : PluginState.UNHEALTHY,
                0,
                Optional.empty(),
                0,
                fault,
                "",
                "",
                false);
    }

    private String fault(Bundle bundle) {
        if (bundle.getState() != Bundle.ACTIVE) {
            return "its bundle is not active";
        }
        return runtime.getComponentDescriptionDTOs(bundle).stream()
                .filter(each -> !isUp(each))
                .map(each -> "its component `" + each.name + "` is not active")
                .findFirst()
                .orElse("");
    }

    private boolean isUp(ComponentDescriptionDTO component) {
        Collection<ComponentConfigurationDTO> found =
                runtime.getComponentConfigurationDTOs(component);
        return runtime.isComponentEnabled(component)
                && found.stream()
                        .anyMatch(
                                each ->
                                        each.state == ComponentConfigurationDTO.ACTIVE
                                                || each.state
                                                        == ComponentConfigurationDTO.SATISFIED);
    }

    @Override
    public Optional<String> restart(String id) {
        Part part = PARTS.get(id);
        if (part == null || bundle(part.bundle()).isEmpty()) {
            return Optional.of("there is no such part");
        }
        Optional<Renewal> renewal = renewal(id);
        if (renewal.isPresent()) {
            return renewal.get().renew(id);
        }
        List<ComponentDescriptionDTO> components = components(part);
        Set<String> others = others(part, components);
        if (!others.isEmpty()) {
            return Optional.of(
                    "its restart would restart "
                            + String.join(", ", others)
                            + " too: restart the agent");
        }
        if (components.isEmpty()) {
            return Optional.of("it has nothing that can be restarted alone");
        }
        if (!id.equals("KeeperHttps")) {
            return restart(components);
        }
        // This call may have come through it.
        Thread thread = new Thread(() -> soon(id, components), "kepm-restart-" + id);
        thread.setDaemon(true);
        thread.start();
        return Optional.empty();
    }

    private void soon(String id, List<ComponentDescriptionDTO> components) {
        try {
            Thread.sleep(DOOR_MILLIS);
            restart(components).ifPresent(why -> LOG.error("{} was not restarted: {}", id, why));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** INVARIANT: whatever was stopped is started. */
    private Optional<String> restart(List<ComponentDescriptionDTO> components) {
        try {
            for (ComponentDescriptionDTO each : components) {
                runtime.disableComponent(each).getValue();
            }
            return Optional.empty();
        } catch (InvocationTargetException e) {
            return Optional.of("it does not stop: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return Optional.of("the agent is stopping");
        } finally {
            components.forEach(
                    each -> {
                        var unused = runtime.enableComponent(each);
                    });
        }
    }

    /** INVARIANT: no bundle that is not ours offers one; the guard sees to that. */
    private Optional<Renewal> renewal(String id) {
        try {
            return context.getServiceReferences(Renewal.class, null).stream()
                    .map(context::getService)
                    .filter(found -> found != null && found.parts().contains(id))
                    .findFirst();
        } catch (InvalidSyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Bundles with a component that can't live through the restart. */
    private Set<String> others(Part part, List<ComponentDescriptionDTO> restarted) {
        Set<String> names = restarted.stream().map(each -> each.name).collect(Collectors.toSet());
        long bundle = bundle(part.bundle()).map(Bundle::getBundleId).orElse(-1L);
        return runtime.getComponentDescriptionDTOs().stream()
                .filter(each -> !part.has(each))
                .filter(each -> hangsOn(each, bundle, names))
                .map(each -> each.bundle.symbolicName)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** Whether one of its references that have to stay is bound to what is restarted. */
    private boolean hangsOn(ComponentDescriptionDTO component, long bundle, Set<String> names) {
        Set<String> tight =
                Arrays.stream(component.references)
                        .filter(
                                each ->
                                        !"dynamic".equals(each.policy)
                                                || !each.cardinality.startsWith("0"))
                        .map(each -> each.name)
                        .collect(Collectors.toSet());
        return runtime.getComponentConfigurationDTOs(component).stream()
                .flatMap(each -> Arrays.stream(each.satisfiedReferences))
                .filter(each -> tight.contains(each.name))
                .flatMap(each -> Arrays.stream(each.boundServices))
                .anyMatch(each -> each.bundle == bundle && isOf(each, names));
    }

    /** What a component registered by hand has no name of a component: it counts. */
    private static boolean isOf(ServiceReferenceDTO service, Set<String> names) {
        Object name = service.properties.get("component.name");
        return name == null || names.contains(String.valueOf(name));
    }

    private List<ComponentDescriptionDTO> components(Part part) {
        return runtime.getComponentDescriptionDTOs().stream().filter(part::has).toList();
    }

    private Optional<Bundle> bundle(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .findFirst();
    }
}
