import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import javax.xml.parsers.DocumentBuilderFactory;
import org.w3c.dom.Element;
import org.w3c.dom.NodeList;

/**
 * The build's step from the verified features to what the framework reads at its first start: {@code
 * Startup FEATURES-XML SYSTEM-FOLDER STARTUP-PROPERTIES}. Fails when the folder and the features
 * disagree about a single jar.
 */
final class Startup {

    private static final String FRAMEWORK = "org.apache.felix.framework";

    public static void main(String[] args) throws Exception {
        Path system = Path.of(args[1]);
        Map<String, Integer> levels = levels(Path.of(args[0]));
        check(levels, system);
        Map<Integer, List<String>> byLevel = new TreeMap<>();
        levels.forEach(
                (uri, level) -> byLevel.computeIfAbsent(level, key -> new ArrayList<>()).add(uri));
        StringBuilder text = new StringBuilder("# bundle = start level; made by the build\n");
        byLevel.forEach(
                (level, uris) ->
                        uris.forEach(
                                uri ->
                                        text.append(uri.replace(":", "\\:"))
                                                .append(" = ")
                                                .append(level)
                                                .append('\n')));
        Files.createDirectories(Path.of(args[2]).getParent());
        Files.writeString(Path.of(args[2]), text);
        System.out.println("start list: " + levels.size() + " bundles");
    }

    private static Map<String, Integer> levels(Path features) throws Exception {
        NodeList bundles =
                DocumentBuilderFactory.newInstance()
                        .newDocumentBuilder()
                        .parse(features.toFile())
                        .getElementsByTagName("bundle");
        Map<String, Integer> levels = new LinkedHashMap<>();
        for (int i = 0; i < bundles.getLength(); i++) {
            Element bundle = (Element) bundles.item(i);
            levels.put(
                    bundle.getTextContent().strip(),
                    Integer.valueOf(bundle.getAttribute("start-level")));
        }
        return levels;
    }

    private static void check(Map<String, Integer> levels, Path system) throws IOException {
        List<Path> expected = new ArrayList<>();
        for (String uri : levels.keySet()) {
            Path jar = system.resolve(path(uri));
            if (!Files.isRegularFile(jar)) {
                throw new IOException("features name `" + uri + "`, and there is no " + jar);
            }
            expected.add(jar);
        }
        try (Stream<Path> files = Files.walk(system)) {
            List<Path> more =
                    files.filter(Files::isRegularFile)
                            .filter(file -> !expected.contains(file))
                            .filter(file -> !file.toString().contains(FRAMEWORK + "-"))
                            .toList();
            if (!more.isEmpty()) {
                throw new IOException("no feature names " + more);
            }
        }
    }

    /** mvn:group/artifact/version[/type/classifier] as the repository lays it out. */
    private static String path(String uri) {
        String[] part = uri.substring("mvn:".length()).split("/");
        String classifier = part.length > 4 ? "-" + part[4] : "";
        return String.join("/", part[0].replace('.', '/'), part[1], part[2])
                + "/"
                + part[1]
                + "-"
                + part[2]
                + classifier
                + ".jar";
    }
}
