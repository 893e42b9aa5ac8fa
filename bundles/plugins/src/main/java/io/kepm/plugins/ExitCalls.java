package io.kepm.plugins;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/**
 * Finds classes that would end the agent: those whose constant pool (JVMS §4.4) names {@code
 * System.exit}, {@code Runtime.exit} or {@code Runtime.halt}. Reflection is not seen.
 */
final class ExitCalls {

    private static final Set<String> FORBIDDEN =
            Set.of("java/lang/System.exit", "java/lang/Runtime.exit", "java/lang/Runtime.halt");

    private ExitCalls() {}

    /** The first class that has one. */
    static Optional<String> in(byte[] jar) {
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(jar))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                if (entry.getName().endsWith(".class") && calls(zip.readAllBytes())) {
                    return Optional.of(entry.getName());
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            return Optional.of("a class that cannot be read");
        }
    }

    private static boolean calls(byte[] type) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(type));
        in.skipNBytes(8);
        int count = in.readUnsignedShort();
        Map<Integer, String> texts = new HashMap<>();
        Map<Integer, Integer> names = new HashMap<>();
        List<int[]> methods = new ArrayList<>();
        for (int i = 1; i < count; i++) {
            int tag = in.readUnsignedByte();
            switch (tag) {
                case 1 -> texts.put(i, in.readUTF());
                case 3, 4, 17, 18 -> in.skipNBytes(4);
                case 5, 6 -> {
                    in.skipNBytes(8);
                    i++;
                }
                case 7, 8, 16, 19, 20 -> names.put(i, in.readUnsignedShort());
                case 9, 11 -> in.skipNBytes(4);
                case 10 -> methods.add(new int[] {in.readUnsignedShort(), in.readUnsignedShort()});
                case 12 -> {
                    names.put(i, in.readUnsignedShort());
                    in.skipNBytes(2);
                }
                case 15 -> in.skipNBytes(3);
                default -> throw new IOException("an unknown constant");
            }
        }
        for (int[] method : methods) {
            String owner = texts.get(names.getOrDefault(method[0], 0));
            String name = texts.get(names.getOrDefault(method[1], 0));
            if (FORBIDDEN.contains(owner + "." + name)) {
                return true;
            }
        }
        return false;
    }
}
