package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.signing.Sha256;
import io.kepm.signing.forge.Forge;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.osgi.framework.Bundle;
import org.osgi.framework.BundleActivator;
import org.osgi.framework.BundleContext;

/** No plugin takes the place of the agent, of another plugin or of a newer version. */
class HotPlaceTest extends HotFramework {

    /** Would like to judge in the agent's place. */
    public static final class Usurper implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            context.registerService("io.kepm.api.policy.PolicyEngine", new Object(), null);
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** Would like to judge in the agent's place, in the name of a bundle of the agent. */
    public static final class Borrower implements BundleActivator {
        @Override
        public void start(BundleContext context) throws ReflectiveOperationException {
            BundleContext other = context.getBundle("mvn:shipped").getBundleContext();
            other.registerService("io.kepm.api.policy.PolicyEngine", new Object(), null);
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** The same, by reflection. */
    public static final class Mirror implements BundleActivator {
        @Override
        public void start(BundleContext context) throws ReflectiveOperationException {
            BundleContext other = context.getBundle("mvn:shipped").getBundleContext();
            BundleContext.class
                    .getMethod(
                            "registerService",
                            String.class,
                            Object.class,
                            java.util.Dictionary.class)
                    .invoke(other, "io.kepm.api.policy.PolicyEngine", new Object(), null);
        }

        @Override
        public void stop(BundleContext context) {}
    }

    /** Would like to see into every resolution. */
    public static final class Hooker implements BundleActivator {
        @Override
        public void start(BundleContext context) {
            context.registerService(
                    "org.osgi.framework.hooks.weaving.WeavingHook", new Object(), null);
        }

        @Override
        public void stop(BundleContext context) {}
    }

    @Test
    void ab_70_a_plugin_may_not_offer_a_service_of_the_agent_or_a_hook() throws Exception {
        install("mvn:shipped", SHIPPED).start();
        for (Class<?> activator :
                List.of(Usurper.class, Hooker.class, Borrower.class, Mirror.class)) {
            Bundle bundle =
                    install(
                            activator.getName(),
                            Forge.bundle(activator.getSimpleName())
                                    .header(ACTIVATOR, activator.getName())
                                    .header("Import-Package", "org.osgi.framework")
                                    .with(activator)
                                    .signed(VENDOR));

            assertThatThrownBy(bundle::start).hasMessageContaining("Activator start error");
            assertThat(bundle.getState()).isEqualTo(Bundle.RESOLVED);
        }
        assertThat(refusals()).hasSize(4).allMatch(line -> line.contains("it would offer"));
        assertThat(
                        framework
                                .getBundleContext()
                                .getServiceReference("io.kepm.api.policy.PolicyEngine"))
                .isNull();
    }

    @Test
    void ab_70_an_update_may_not_take_the_place_of_another_bundle() throws Exception {
        Bundle shipped = install("mvn:shipped", SHIPPED);
        Bundle plugin = install("a", PLUGIN.signed(VENDOR));
        byte[] other = Forge.bundle("other.plugin").signed(VENDOR);

        assertThatThrownBy(() -> shipped.update(stream(PLUGIN.signed(VENDOR))))
                .hasMessageContaining("take the place");
        assertThatThrownBy(() -> plugin.update(stream(other))).hasMessageContaining("take the");
        assertThatThrownBy(() -> plugin.update(stream(SHIPPED))).hasMessageContaining("take the");
        assertThatThrownBy(() -> install("mvn:a/b/1", other)).hasMessageContaining("location");
        plugin.update(stream(PLUGIN.header("Bundle-Version", "2.0.0").signed(VENDOR)));

        assertThat(shipped.getSymbolicName()).isEqualTo("shipped");
        assertThat(plugin.getVersion().getMajor()).isEqualTo(2);
    }

    @Test
    void ab_69_no_older_version_takes_the_place_of_a_newer_one_and_none_stands_beside_it()
            throws Exception {
        byte[] old = PLUGIN.signed(VENDOR);
        byte[] same = PLUGIN.header("Bundle-Version", "2.0.0").with("x", "y").signed(VENDOR);
        Bundle plugin = install("a", PLUGIN.header("Bundle-Version", "2.0.0").signed(VENDOR));

        assertThatThrownBy(() -> plugin.update(stream(old)))
                .hasMessageContaining("1.0.0 is older than 2.0.0");
        assertThatThrownBy(() -> install("b", old)).hasMessageContaining("here already, as `a`");
        assertThatThrownBy(() -> install("b", same)).hasMessageContaining("here already, as `a`");
        assertThatThrownBy(() -> install("a", old)).hasMessageContaining("is older than 2.0.0");
        assertThat(plugin.getVersion().getMajor()).isEqualTo(2);
        assertThat(refusals()).hasSize(4);
        plugin.update(stream(same));
        assertThat(plugin.getState()).isNotEqualTo(Bundle.UNINSTALLED);
    }

    @Test
    void ab_69_an_older_version_does_not_come_back_when_the_newer_one_is_gone() throws Exception {
        byte[] newer = PLUGIN.header("Bundle-Version", "2.0.0").signed(VENDOR);
        install("a", newer).uninstall();
        restart();

        for (String location : List.of("a", "b")) {
            assertThatThrownBy(() -> install(location, PLUGIN.signed(VENDOR)))
                    .hasMessageContaining("1.0.0 is older than 2.0.0, which was here before");
        }
        assertThat(refusals()).hasSize(2);
        Bundle again = install("b", newer);
        again.update(stream(PLUGIN.header("Bundle-Version", "3.0.0").signed(VENDOR)));
        again.uninstall();
        assertThatThrownBy(() -> install("b", newer)).hasMessageContaining("older than 3.0.0");
    }

    /** What the code of one bundle tells the desk, perhaps with the context of another one. */
    private static Object ask(Bundle code, String way, Bundle context, byte[] jar)
            throws Exception {
        return code.loadClass(Asking.class.getName())
                .getMethod(way, BundleContext.class, String.class)
                .invoke(null, context.getBundleContext(), Sha256.of(jar));
    }

    @Test
    void ab_69_an_older_version_comes_back_by_leave_of_the_agents_own_plugins_alone()
            throws Exception {
        byte[] old = PLUGIN.signed(VENDOR);
        byte[] other = PLUGIN.with("x", "y").signed(VENDOR);
        install("a", PLUGIN.header("Bundle-Version", "2.0.0").signed(VENDOR)).uninstall();
        Bundle plugins = install("mvn:plugins", PLUGINS);
        plugins.start();
        BundleContext context = plugins.getBundleContext();
        assertThatThrownBy(() -> context.installBundle("b", stream(old)))
                .as("without leave")
                .hasMessageContaining("older than 2.0.0");
        ask(plugins, "leave", plugins, old);
        assertThatThrownBy(() -> context.installBundle("b", stream(other)))
                .as("the leave is for a digest")
                .hasMessageContaining("older than 2.0.0");

        Bundle back = context.installBundle("b", stream(old));
        assertThat(back.getVersion().getMajor()).isEqualTo(1);
        restart();
        assertThat(bundle("b")).as("in the next run, and what counts from then on").isNotNull();
        bundle("b").uninstall();
        install("c", other);
    }

    @Test
    void ab_69_a_leave_is_for_once() throws Exception {
        byte[] old = PLUGIN.signed(VENDOR);
        byte[] newer = PLUGIN.header("Bundle-Version", "2.0.0").signed(VENDOR);
        Bundle plugins = install("mvn:plugins", PLUGINS);
        plugins.start();
        Bundle there = install("a", newer);
        ask(plugins, "leave", plugins, old);
        assertThatThrownBy(() -> install("b", old)).hasMessageContaining("here already");
        there.uninstall();

        assertThatThrownBy(() -> install("b", old)).hasMessageContaining("older than 2.0.0");
    }

    @Test
    void ab_69_nobody_else_may_say_that_an_older_version_is_meant() throws Exception {
        byte[] old = PLUGIN.signed(VENDOR);
        install("a", PLUGIN.header("Bundle-Version", "2.0.0").signed(VENDOR)).uninstall();
        Bundle plugins = install("mvn:plugins", PLUGINS);
        plugins.start();
        Bundle liar =
                install(
                        "liar",
                        Forge.bundle("liar")
                                .header("Import-Package", "org.osgi.framework")
                                .with(Asking.class)
                                .signed(VENDOR));
        liar.start();

        for (Bundle context : List.of(liar, plugins)) {
            for (String way : List.of("leave", "mirrored")) {
                assertThat(ask(liar, way, context, old)).asString().contains("older version in");
            }
        }
        assertThat(refusals()).hasSize(4).allMatch(line -> line.contains("liar"));
        desk().apply(Map.of("leave", Sha256.of(old)));
        for (BundleContext each :
                List.of(plugins.getBundleContext(), framework.getBundleContext())) {
            assertThatThrownBy(() -> each.installBundle("b", stream(old)))
                    .hasMessageContaining("older than 2.0.0");
        }
    }

    @Test
    void ab_69_what_was_refused_for_its_age_or_place_does_not_come_out_of_the_cache()
            throws Exception {
        byte[] old = PLUGIN.signed(VENDOR);
        byte[] newer = PLUGIN.header("Bundle-Version", "2.0.0").signed(VENDOR);
        install("a", newer).uninstall();
        assertThatThrownBy(() -> install("a", old)).hasMessageContaining("older than 2.0.0");
        assertThat(Files.readString(folder.resolve("admitted")))
                .contains(Sha256.of(newer))
                .doesNotContain(Sha256.of(old));
        Bundle here = install("a", newer);
        here.update(stream(PLUGIN.header("Bundle-Version", "3.0.0").signed(VENDOR)));
        restart();
        assertThat(bundle("a").getVersion().getMajor()).as("an update stays").isEqualTo(3);
        Path kept = folder.resolve("cache/bundle" + bundle("a").getBundleId());
        stop();
        try (Stream<Path> files = Files.walk(kept)) {
            Path jar = files.filter(file -> file.endsWith("bundle.jar")).findFirst().orElseThrow();
            Files.write(jar, newer);
        }
        framework = framework();

        assertThat(bundle("a")).isNull();
        assertThat(refusals()).anyMatch(line -> line.contains("2.0.0 is older than 3.0.0"));
    }

    @Test
    void what_is_installed_where_a_bundle_is_leaves_that_one_and_what_is_known_of_its_version()
            throws Exception {
        byte[] newer = PLUGIN.header("Bundle-Version", "2.0.0").signed(VENDOR);
        install("a", PLUGIN.signed(VENDOR));

        assertThat(install("a", newer).getVersion().getMajor()).isEqualTo(1);
        assertThat(Files.readString(folder.resolve("versions"))).isEqualTo("a.plugin 1.0.0\n");
        assertThat(Files.readString(folder.resolve("admitted"))).doesNotContain(Sha256.of(newer));
        restart();
        assertThat(bundle("a").getVersion().getMajor()).isEqualTo(1);
        bundle("a").update(stream(newer));
        assertThat(bundle("a").getVersion().getMajor()).isEqualTo(2);
    }

    @Test
    void ab_69_nothing_comes_in_while_it_is_not_known_which_versions_were_here() throws Exception {
        stop();
        Files.createDirectory(folder.resolve("versions"));
        framework = framework();

        assertThatThrownBy(() -> install("a", PLUGIN.signed(VENDOR)))
                .hasMessageContaining("it is not known which versions were here");
        assertThat(install("mvn:shipped", SHIPPED)).as("what is shipped").isNotNull();
    }

    @Test
    void ab_70_what_is_shipped_takes_no_package_from_a_plugin_whatever_it_would_like_to_import()
            throws Exception {
        Forge words =
                Forge.bundle("words")
                        .header("Export-Package", "plugin.words,plugin.more")
                        .with("plugin/words/a.txt", "a")
                        .with("plugin/more/b.txt", "b");
        Bundle offers = install("words", words.signed(VENDOR));
        Bundle other =
                install(
                        "other",
                        PLUGIN.header("Import-Package", "org.osgi.framework,plugin.words")
                                .signed(VENDOR));
        Bundle shipped = install("mvn:shipped", SHIPPED);
        shipped.start();
        other.start();

        assertThat(offers.getState()).isEqualTo(Bundle.RESOLVED);
        assertThat(other.getResource("plugin/words/a.txt")).as("of another plugin").isNotNull();
        assertThat(shipped.getResource("plugin/words/a.txt")).isNull();
        assertThat(shipped.getResource("plugin/more/b.txt")).as("later").isNull();
    }
}
