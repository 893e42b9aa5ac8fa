package io.kepm.guard;

import io.kepm.signing.ListVerdict;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Properties;
import org.apache.felix.framework.GuardedFelix;

/** Everything that has to be right before the framework may start. */
final class Preflight {

    private static final int JAVA = 17;

    private final Installation installation;
    private final RootOwned ownership;

    Preflight(Installation installation, RootOwned ownership) {
        this.installation = installation;
        this.ownership = ownership;
    }

    /** The first thing that is wrong, with what to do about it. */
    Optional<String> fault() {
        try {
            Optional<String> fault = java();
            if (fault.isPresent()) {
                return fault;
            }
            // Read on another thread while the rest is looked at; what was read is judged last.
            SignedRuntime runtime = new SignedRuntime(installation.lib());
            FileDigests read = runtime.read();
            return firstOf(
                    this::permissions,
                    this::guard,
                    this::configuration,
                    () -> runtime(runtime, read));
        } catch (IOException e) {
            return Optional.of("the installation cannot be checked: " + e);
        }
    }

    private Optional<String> java() {
        int found = Runtime.version().feature();
        return found == JAVA
                ? Optional.empty()
                : Optional.of(
                        "this is Java "
                                + found
                                + ", and Java 17 is needed: install a Java 17 runtime");
    }

    private Optional<String> permissions() throws IOException {
        return firstOf(
                () -> ownership.fault(Path.of(System.getProperty("java.home"))),
                () -> ownership.faultBelow(installation.lib()),
                () -> ownership.fault(installation.approot()));
    }

    /** The overrides are in force only while the framework's methods are what they were. */
    Optional<String> guard() {
        Class<?> felix = GuardedFelix.class.getSuperclass();
        boolean whole =
                felix.getClassLoader() == GuardedFelix.class.getClassLoader()
                        && overrides("installBundle")
                        && overrides("updateBundle")
                        && overrides("registerService");
        return whole
                ? Optional.empty()
                : Optional.of(
                        "the framework guard does not fit this framework: reinstall the agent");
    }

    private static boolean overrides(String name) {
        return Arrays.stream(GuardedFelix.class.getDeclaredMethods())
                .filter(method -> method.getName().equals(name) && !method.isBridge())
                .anyMatch(Preflight::hasOverridden);
    }

    private static boolean hasOverridden(Method method) {
        try {
            Method above =
                    GuardedFelix.class
                            .getSuperclass()
                            .getDeclaredMethod(method.getName(), method.getParameterTypes());
            int kind = above.getModifiers();
            return !Modifier.isPrivate(kind)
                    && !Modifier.isStatic(kind)
                    && !Modifier.isFinal(kind)
                    && above.getReturnType() == method.getReturnType();
        } catch (NoSuchMethodException e) {
            return false;
        }
    }

    private Optional<String> configuration() throws IOException {
        Path file = installation.lib().resolve("etc/config.properties");
        Properties properties = new Properties();
        try (InputStream in = Files.newInputStream(file)) {
            properties.load(in);
        }
        return GuardedFrameworkFactory.class
                        .getName()
                        .equals(properties.getProperty("karaf.framework.factory"))
                ? Optional.empty()
                : Optional.of(
                        "`" + file + "` does not name the framework guard: reinstall the agent");
    }

    private static Optional<String> runtime(SignedRuntime runtime, FileDigests read)
            throws IOException {
        ListVerdict verdict = runtime.list();
        if (verdict instanceof ListVerdict.Trusted trusted) {
            return runtime.difference(trusted.list(), read);
        }
        return Optional.of(
                verdict instanceof ListVerdict.Untrusted untrusted
                        ? untrusted.reason()
                        : "digest list: unknown verdict");
    }

    private static Optional<String> firstOf(Check... checks) throws IOException {
        for (Check check : checks) {
            Optional<String> fault = check.fault();
            if (fault.isPresent()) {
                return fault;
            }
        }
        return Optional.empty();
    }

    private interface Check {
        Optional<String> fault() throws IOException;
    }
}
