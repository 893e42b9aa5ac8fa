package io.kepm.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.plugins.PluginState;
import io.kepm.api.plugins.Renewal;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.Version;
import org.osgi.framework.dto.BundleDTO;
import org.osgi.framework.dto.ServiceReferenceDTO;
import org.osgi.service.component.runtime.ServiceComponentRuntime;
import org.osgi.service.component.runtime.dto.ComponentConfigurationDTO;
import org.osgi.service.component.runtime.dto.ComponentDescriptionDTO;
import org.osgi.service.component.runtime.dto.ReferenceDTO;
import org.osgi.service.component.runtime.dto.SatisfiedReferenceDTO;
import org.osgi.util.promise.Promise;
import org.osgi.util.promise.Promises;

class BundlePartsTest {

    private static final List<String> BUNDLES =
            List.of("", "io.kepm.jobs", "io.kepm.https", "io.kepm.audit", "io.kepm.policy");
    private static final Bundle[] FRAMEWORK =
            BUNDLES.stream().map(BundlePartsTest::bundle).toArray(Bundle[]::new);

    private final Runtime runtime = new Runtime();
    private final List<Renewal> renewals = new ArrayList<>();
    private final BundleParts parts = new BundleParts(context(), runtime);

    private static Bundle bundle(String name) {
        return (Bundle)
                Proxy.newProxyInstance(
                        BundlePartsTest.class.getClassLoader(),
                        new Class<?>[] {Bundle.class},
                        (proxy, method, arguments) ->
                                switch (method.getName()) {
                                    case "getSymbolicName" -> name;
                                    case "getBundleId" -> (long) BUNDLES.indexOf(name);
                                    case "getState" -> Bundle.ACTIVE;
                                    case "getVersion" -> Version.parseVersion("1.0.0");
                                    default -> throw new UnsupportedOperationException();
                                });
    }

    private BundleContext context() {
        ServiceReference<?> reference =
                (ServiceReference<?>)
                        Proxy.newProxyInstance(
                                getClass().getClassLoader(),
                                new Class<?>[] {ServiceReference.class},
                                (proxy, method, arguments) -> "reference");
        return (BundleContext)
                Proxy.newProxyInstance(
                        getClass().getClassLoader(),
                        new Class<?>[] {BundleContext.class},
                        (proxy, method, arguments) ->
                                switch (method.getName()) {
                                    case "getBundles" -> FRAMEWORK;
                                    case "getServiceReferences" ->
                                            renewals.isEmpty() ? List.of() : List.of(reference);
                                    case "getService" -> renewals.get(0);
                                    default -> throw new UnsupportedOperationException();
                                });
    }

    /** Components that are on or off. */
    private static final class Runtime implements ServiceComponentRuntime {
        private final List<ComponentDescriptionDTO> components = new ArrayList<>();
        private final List<ComponentConfigurationDTO> configurations = new ArrayList<>();
        private final List<String> calls = new java.util.concurrent.CopyOnWriteArrayList<>();
        private boolean stuck;

        ComponentConfigurationDTO add(String bundle, String name, ReferenceDTO... references) {
            ComponentDescriptionDTO component = new ComponentDescriptionDTO();
            component.name = name;
            component.implementationClass = name;
            component.bundle = new BundleDTO();
            component.bundle.id = BUNDLES.indexOf(bundle);
            component.bundle.symbolicName = bundle;
            component.references = references;
            components.add(component);
            ComponentConfigurationDTO configuration = new ComponentConfigurationDTO();
            configuration.description = component;
            configuration.state = ComponentConfigurationDTO.ACTIVE;
            configuration.satisfiedReferences = new SatisfiedReferenceDTO[0];
            configurations.add(configuration);
            return configuration;
        }

        @Override
        public Collection<ComponentDescriptionDTO> getComponentDescriptionDTOs(Bundle... bundles) {
            List<String> names = Arrays.stream(bundles).map(Bundle::getSymbolicName).toList();
            return components.stream()
                    .filter(each -> names.isEmpty() || names.contains(each.bundle.symbolicName))
                    .toList();
        }

        @Override
        public ComponentDescriptionDTO getComponentDescriptionDTO(Bundle bundle, String name) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Collection<ComponentConfigurationDTO> getComponentConfigurationDTOs(
                ComponentDescriptionDTO description) {
            return configurations.stream()
                    .filter(each -> each.description.equals(description))
                    .toList();
        }

        @Override
        public boolean isComponentEnabled(ComponentDescriptionDTO description) {
            return true;
        }

        @Override
        public Promise<Void> enableComponent(ComponentDescriptionDTO description) {
            calls.add("+" + description.name);
            return Promises.resolved(null);
        }

        @Override
        public Promise<Void> disableComponent(ComponentDescriptionDTO description) {
            calls.add("-" + description.name);
            return stuck
                    ? Promises.failed(new IllegalStateException("it hangs"))
                    : Promises.resolved(null);
        }
    }

    private static ReferenceDTO reference(String name, String cardinality, String policy) {
        ReferenceDTO reference = new ReferenceDTO();
        reference.name = name;
        reference.cardinality = cardinality;
        reference.policy = policy;
        return reference;
    }

    private static void bind(
            ComponentConfigurationDTO component, String reference, String bundle, String offering) {
        ServiceReferenceDTO service = new ServiceReferenceDTO();
        service.bundle = BUNDLES.indexOf(bundle);
        service.properties = offering.isEmpty() ? Map.of() : Map.of("component.name", offering);
        SatisfiedReferenceDTO bound = new SatisfiedReferenceDTO();
        bound.name = reference;
        bound.boundServices = new ServiceReferenceDTO[] {service};
        component.satisfiedReferences = new SatisfiedReferenceDTO[] {bound};
    }

    @Test
    void a_part_is_listed_with_what_of_it_is_down() {
        runtime.add("io.kepm.jobs", "io.kepm.jobs.Jobs").state =
                ComponentConfigurationDTO.UNSATISFIED_REFERENCE;
        runtime.add("io.kepm.https", "io.kepm.https.Door");

        assertThat(parts.find("KeeperJobs").orElseThrow().state()).isEqualTo(PluginState.UNHEALTHY);
        assertThat(parts.find("KeeperJobs").orElseThrow().lastError())
                .contains("io.kepm.jobs.Jobs");
        assertThat(parts.find("KeeperHttps").orElseThrow().state()).isEqualTo(PluginState.HEALTHY);
        assertThat(parts.find("KeeperMqtt")).as("it is not installed").isEmpty();
    }

    @Test
    void a_part_on_which_others_hang_loosely_is_restarted_and_nothing_else() {
        runtime.add("io.kepm.jobs", "io.kepm.jobs.Jobs");
        bind(
                runtime.add(
                        "io.kepm.https",
                        "io.kepm.https.Door",
                        reference("jobs", "0..1", "dynamic")),
                "jobs",
                "io.kepm.jobs",
                "io.kepm.jobs.Jobs");

        assertThat(parts.restart("KeeperJobs")).isEmpty();
        assertThat(runtime.calls).containsExactly("-io.kepm.jobs.Jobs", "+io.kepm.jobs.Jobs");
    }

    @Test
    void a_part_on_which_another_one_hangs_is_left_alone_and_that_is_named() {
        runtime.add("io.kepm.jobs", "io.kepm.jobs.Jobs");
        for (String[] kind :
                new String[][] {{"1..1", "static"}, {"0..1", "static"}, {"1..1", "dynamic"}}) {
            bind(
                    runtime.add(
                            "io.kepm.https",
                            "io.kepm.https.Door",
                            reference("jobs", kind[0], kind[1])),
                    "jobs",
                    "io.kepm.jobs",
                    "");

            assertThat(parts.restart("KeeperJobs").orElseThrow())
                    .as(kind[0] + " " + kind[1])
                    .contains("would restart io.kepm.https too");
            runtime.components.remove(1);
            runtime.configurations.remove(1);
        }
        assertThat(runtime.calls).isEmpty();
    }

    @Test
    void who_is_bound_to_the_same_service_of_somebody_else_holds_nothing_up() {
        runtime.add("io.kepm.jobs", "io.kepm.jobs.Jobs");
        bind(
                runtime.add(
                        "io.kepm.https",
                        "io.kepm.https.Door",
                        reference("health", "1..1", "static")),
                "health",
                "io.kepm.audit",
                "io.kepm.audit.Audit");

        assertThat(parts.restart("KeeperJobs")).isEmpty();
    }

    @Test
    void the_log_is_restarted_without_the_audit_that_others_need() {
        runtime.add("io.kepm.audit", "io.kepm.audit.AuditComponent");
        runtime.add("io.kepm.audit", "io.kepm.audit.log.LogComponent");
        bind(
                runtime.add(
                        "io.kepm.jobs", "io.kepm.jobs.Jobs", reference("audit", "1..1", "static")),
                "audit",
                "io.kepm.audit",
                "io.kepm.audit.AuditComponent");

        assertThat(parts.restart("KeeperLogger")).isEmpty();
        assertThat(runtime.calls)
                .containsExactly(
                        "-io.kepm.audit.log.LogComponent", "+io.kepm.audit.log.LogComponent");
    }

    @Test
    void what_does_not_stop_is_told_and_started_all_the_same() {
        runtime.add("io.kepm.jobs", "io.kepm.jobs.Jobs");
        runtime.stuck = true;

        assertThat(parts.restart("KeeperJobs").orElseThrow()).contains("does not stop");
        assertThat(runtime.calls).endsWith("+io.kepm.jobs.Jobs");
    }

    @Test
    void a_part_that_is_renewed_from_within_keeps_its_services() {
        runtime.add("io.kepm.policy", "io.kepm.policy.Policy");
        List<String> renewed = new ArrayList<>();
        renewals.add(
                new Renewal() {
                    @Override
                    public Set<String> parts() {
                        return Set.of("KeeperPolicy");
                    }

                    @Override
                    public Optional<String> renew(String part) {
                        renewed.add(part);
                        return Optional.empty();
                    }
                });

        assertThat(parts.restart("KeeperPolicy")).isEmpty();
        assertThat(renewed).containsExactly("KeeperPolicy");
        assertThat(runtime.calls).isEmpty();
        assertThat(parts.restart("KeeperNothing").orElseThrow()).contains("no such part");
    }

    @Test
    void the_door_of_the_call_itself_is_restarted_when_the_answer_is_out() throws Exception {
        runtime.add("io.kepm.https", "io.kepm.https.Door");

        long took = Long.MAX_VALUE;
        // A look that came too late says nothing.
        for (int tries = 0; took > BundleParts.DOOR_MILLIS * 500_000 && tries < 20; tries++) {
            runtime.calls.clear();
            long begun = System.nanoTime();
            assertThat(parts.restart("KeeperHttps")).isEmpty();
            List<String> before = List.copyOf(runtime.calls);
            took = System.nanoTime() - begun;
            if (took <= BundleParts.DOOR_MILLIS * 500_000) {
                assertThat(before).isEmpty();
            }
            for (int i = 0; i < 3_000 && runtime.calls.size() < 2; i++) {
                Thread.sleep(20);
            }
            assertThat(runtime.calls).containsExactly("-io.kepm.https.Door", "+io.kepm.https.Door");
        }
    }
}
