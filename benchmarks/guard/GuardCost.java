package io.kepm.guard;

import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.framework.BundleContext;
import org.osgi.framework.launch.Framework;
import org.osgi.framework.launch.FrameworkFactory;

/**
 * What a cold start does up to the last bundle of the agent being installed, once in a fresh JVM: with everything the guard
 * does, or by the framework alone. Nothing is started. usage: GuardCost guarded|plain STORAGE
 */
public final class GuardCost {

    private GuardCost() {}

    public static void main(String[] args) {
        int code = 1;
        try {
            System.out.println(run(args));
            code = 0;
        } catch (Exception e) {
            e.printStackTrace();
        }
        System.out.flush();
        // The framework's threads would go on.
        Runtime.getRuntime().halt(code);
    }

    private static int run(String[] args) throws Exception {
        boolean guarded = args[0].equals("guarded");
        Installation installation = Installation.fromSystemProperties();
        if (guarded) {
            Optional<String> fault = new Preflight(installation, RootOwned.ofThisAgent()).fault();
            if (fault.isPresent()) {
                throw new IllegalStateException(fault.get());
            }
        }
        FrameworkFactory factory =
                guarded ? new GuardedFrameworkFactory() : new org.apache.felix.framework.FrameworkFactory();
        Framework framework =
                factory.newFramework(
                        Map.of("org.osgi.framework.storage", args[1], "felix.log.level", "1"));
        framework.init();
        BundleContext context = framework.getBundleContext();
        int count = 0;
        for (Path jar : bundles(installation)) {
            try (InputStream in = Files.newInputStream(jar)) {
                context.installBundle(jar.toString(), in);
                count++;
            }
        }
        return count;
    }

    private static List<Path> bundles(Installation installation) throws Exception {
        try (Stream<Path> files = Files.walk(installation.lib().resolve("system"))) {
            return files.filter(file -> file.toString().endsWith(".jar"))
                    .filter(file -> !file.toString().contains("org.apache.felix.framework"))
                    .sorted()
                    .toList();
        }
    }
}
