package io.kepm.plugins;

import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.PluginStatus;
import java.lang.reflect.InvocationTargetException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;

/**
 * The agent's own bundles as parts. One is restarted by its components alone, and only when no
 * component of another bundle would go down with it.
 */
final class BundleParts implements OwnParts {

    /** Names as people know them; several may be the work of one bundle. */
    private static final Map<String, String> PARTS = parts();

    private final BundleContext context;
    private final ServiceComponentRuntime runtime;

    BundleParts(BundleContext context, ServiceComponentRuntime runtime) {
        this.context = context;
        this.runtime = runtime;
    }

    private static Map<String, String> parts() {
        Map<String, String> parts = new LinkedHashMap<>();
        parts.put("KeeperLinux", "io.kepm.linux");
        parts.put("KeeperStorage", "io.kepm.storage");
        parts.put("KeeperLogger", "io.kepm.audit");
        parts.put("KeeperTrust", "io.kepm.trust");
        parts.put("KeeperPolicy", "io.kepm.policy");
        parts.put("RedirectEvaluator", "io.kepm.policy");
        parts.put("KeeperElevation", "io.kepm.elevation");
        parts.put("KeeperJobs", "io.kepm.jobs");
        parts.put("KeeperSudo", "io.kepm.sudo");
        parts.put("KeeperHttps", "io.kepm.https");
        parts.put("KeeperMqtt", "io.kepm.mqtt");
        parts.put("KeeperAPI", "io.kepm.sync");
        parts.put("KeeperShell", "io.kepm.shell");
        return parts;
    }

    @Override
    public List<PluginStatus> list() {
        List<PluginStatus> list = new ArrayList<>();
        PARTS.forEach((id, name) -> bundle(name).ifPresent(bundle -> list.add(status(id, bundle))));
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
                false);
    }

    private String fault(Bundle bundle) {
        if (bundle.getState() != Bundle.ACTIVE) {
            return "its bundle is not active";
        }
        return components(bundle).stream()
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
        Optional<Bundle> bundle = bundle(PARTS.getOrDefault(id, ""));
        if (bundle.isEmpty()) {
            return Optional.of("there is no such part");
        }
        if (id.equals("KeeperHttps")) {
            return Optional.of("this call comes through it: restart the agent");
        }
        Set<String> others = others(bundle.get());
        if (!others.isEmpty()) {
            return Optional.of(
                    "its restart would restart "
                            + String.join(", ", others)
                            + " too: restart the agent");
        }
        List<ComponentDescriptionDTO> components = components(bundle.get());
        if (components.isEmpty()) {
            return Optional.of("it has nothing that can be restarted alone");
        }
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

    /** Bundles with a component that can't live through the restart. */
    private Set<String> others(Bundle bundle) {
        Set<String> offered =
                components(bundle).stream()
                        .flatMap(each -> Arrays.stream(each.serviceInterfaces))
                        .collect(Collectors.toSet());
        return runtime.getComponentDescriptionDTOs().stream()
                .filter(each -> each.bundle.id != bundle.getBundleId())
                .filter(
                        each ->
                                Arrays.stream(each.references)
                                        .anyMatch(reference -> hangsOn(reference, offered)))
                .map(each -> each.bundle.symbolicName)
                .collect(Collectors.toCollection(java.util.TreeSet::new));
    }

    private static boolean hangsOn(ReferenceDTO reference, Set<String> offered) {
        boolean loose = "dynamic".equals(reference.policy) && reference.cardinality.startsWith("0");
        return !loose && offered.contains(reference.interfaceName);
    }

    private List<ComponentDescriptionDTO> components(Bundle bundle) {
        return runtime.getComponentDescriptionDTOs(bundle).stream().toList();
    }

    private Optional<Bundle> bundle(String name) {
        return Arrays.stream(context.getBundles())
                .filter(bundle -> name.equals(bundle.getSymbolicName()))
                .findFirst();
    }
}
