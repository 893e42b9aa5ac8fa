package io.kepm.guard;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.osgi.framework.Bundle;

/** What the framework kept from its last run, and what became of it meanwhile. */
class KeptCacheTest extends ListedFramework {

    @Test
    void what_the_framework_kept_is_used_again() throws Exception {
        install("allowed", ALLOWED);
        restart();

        assertThat(framework.getBundleContext().getBundle("allowed")).isNotNull();
    }

    @Test
    void ab_71_one_cached_bundle_that_was_changed_empties_the_whole_cache() throws Exception {
        install("allowed", ALLOWED);
        Bundle next = install("next", ALLOWED_NEXT);
        stop();
        Files.write(cached(next, "bundle.jar"), OTHER);
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).singleElement().asString().contains("\"symbolic_name\":\"other\"");
    }

    @Test
    void a_cached_bundle_that_points_elsewhere_empties_the_whole_cache() throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        Path jar = Files.write(folder.resolve("other.jar"), OTHER);
        stop();
        Files.writeString(cached(bundle, "revision.location"), "reference:" + jar.toUri());
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).singleElement().asString().contains("points to another place");
    }

    @Test
    void what_a_bundle_once_unpacked_is_deleted_before_it_is_loaded() throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        Path unpacked = cached(bundle, "bundle.jar-embedded").resolve("lib");
        Files.createDirectories(unpacked);
        Files.write(unpacked.resolve("inner.jar"), OTHER);
        restart();

        assertThat(unpacked.getParent()).doesNotExist();
        assertThat(framework.getBundleContext().getBundle("allowed")).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"bundle01", "bundlex", "bundle", "bundle-1", "bundle1x", "other"})
    void ab_71_a_cached_folder_of_another_name_empties_the_whole_cache(String name)
            throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        stop();
        Path kept = folder.resolve("cache/bundle" + bundle.getBundleId());
        Files.write(cached(bundle, "bundle.jar"), OTHER);
        Files.move(kept, kept.resolveSibling(name));
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).singleElement().asString().contains("does not belong here");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "/version0.0", "/version0.0/bundle.jar", "/bundle.info", "/data"})
    void ab_71_a_link_in_place_of_what_was_cached_empties_the_whole_cache(String part)
            throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        Files.createDirectories(cached(bundle, "../data"));
        stop();
        Path kept = Path.of(folder.resolve("cache/bundle" + bundle.getBundleId()) + part);
        Path elsewhere = Files.move(kept, folder.resolve("elsewhere"));
        Files.createSymbolicLink(kept, elsewhere);
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).isNotEmpty();
        assertThat(elsewhere).exists();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/more.jar", "/version1", "/version0.0/more.jar", "/version0.0x/a"})
    void a_cached_bundle_with_more_in_it_empties_the_whole_cache(String more) throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        stop();
        Path file = Path.of(folder.resolve("cache/bundle" + bundle.getBundleId()) + more);
        Files.createDirectories(file.getParent());
        Files.write(file, OTHER);
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).singleElement().asString().contains("does not belong here");
    }

    @Test
    void what_a_bundle_keeps_as_its_data_is_no_stranger() throws Exception {
        Bundle bundle = install("allowed", ALLOWED);
        bundle.start();
        Path data = bundle.getBundleContext().getDataFile("a").toPath();
        Files.createDirectories(data);
        Files.writeString(data.resolve("b"), "c");
        bundle.update(new ByteArrayInputStream(ALLOWED_NEXT));
        restart();

        assertThat(framework.getBundleContext().getBundle("allowed")).isNotNull();
        assertThat(data.resolve("b")).hasContent("c");
        assertThat(refusals()).isEmpty();
    }

    @Test
    void a_first_start_that_did_not_come_to_its_end_is_started_over() throws Exception {
        install("allowed", ALLOWED);
        stop();
        Files.delete(folder.resolve("cache/complete"));
        framework = framework();

        assertThat(framework.getBundleContext().getBundles()).hasSize(1);
        assertThat(refusals()).isEmpty();
    }
}
