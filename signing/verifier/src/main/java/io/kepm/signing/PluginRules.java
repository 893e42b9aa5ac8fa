package io.kepm.signing;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What no bundle but a shipped one may say of itself, whoever signed it (trust.md §1). */
public final class PluginRules {

    /** Packages of the platform and of ours, whether or not somebody exports them now. */
    private static final List<String> RESERVED =
            List.of(
                    "java.",
                    "javax.",
                    "jdk.",
                    "sun.",
                    "com.sun.",
                    "netscape.",
                    "org.ietf.",
                    "org.w3c.",
                    "org.xml.",
                    "org.osgi.",
                    "org.apache.felix.",
                    "org.apache.karaf.",
                    "io.kepm.");

    private static final List<String> FRAMEWORK =
            List.of("system.bundle", "org.apache.felix.framework");

    private PluginRules() {}

    /**
     * What is wrong with it.
     *
     * @param headers by their names in lower case
     */
    public static Optional<String> fault(Map<String, String> headers, Shipped shipped) {
        String name = headers.getOrDefault("bundle-symbolicname", "").split(";", 2)[0].strip();
        if (name.isEmpty() || !"2".equals(headers.get("bundle-manifestversion"))) {
            return Optional.of(
                    "it is no bundle: its manifest has no symbolic name, or another"
                            + " version than 2");
        }
        if (!name.matches("[A-Za-z0-9_.-]{1,200}")) {
            return Optional.of("its symbolic name has to be of letters, digits, `_`, `-` and `.`");
        }
        if (headers.containsKey("fragment-host")) {
            return Optional.of(
                    "it is a fragment of `"
                            + headers.get("fragment-host")
                            + "`: none is installed");
        }
        if (FRAMEWORK.contains(name) || shipped.bundles().contains(name)) {
            return Optional.of("`" + name + "` is the name of a shipped bundle");
        }
        if (headers.containsKey("bundle-nativecode")) {
            return Optional.of("it brings native code: make it an `Executable` plugin");
        }
        if (headers.containsKey("extensionbundle-activator")) {
            return Optional.of("it would extend the framework");
        }
        return classPath(headers).or(() -> imports(headers)).or(() -> exports(headers, shipped));
    }

    private static Optional<String> classPath(Map<String, String> headers) {
        String path = headers.getOrDefault("bundle-classpath", ".");
        return HeaderNames.of(path).equals(List.of("."))
                ? Optional.empty()
                : Optional.of("it has a `Bundle-ClassPath`: nested jars are not loaded");
    }

    /** What is imported later can't be judged now. */
    private static Optional<String> imports(Map<String, String> headers) {
        for (String each : HeaderNames.of(headers.getOrDefault("dynamicimport-package", ""))) {
            if (each.endsWith("*")) {
                return Optional.of("it has `DynamicImport-Package: " + each + "`");
            }
        }
        return Optional.empty();
    }

    private static Optional<String> exports(Map<String, String> headers, Shipped shipped) {
        for (String each : HeaderNames.of(headers.getOrDefault("export-package", ""))) {
            boolean reserved =
                    shipped.packages().contains(each)
                            || RESERVED.stream().anyMatch((each + ".")::startsWith);
            if (reserved) {
                return Optional.of(
                        "it exports `" + each + "`, a package of the agent or the" + " platform");
            }
        }
        return Optional.empty();
    }
}
