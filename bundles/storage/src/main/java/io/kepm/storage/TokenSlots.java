package io.kepm.storage;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;

/**
 * The tokens behind a PKCS#11 library by their labels. Java's own provider knows slots by number
 * alone, and trying a PIN on one token after the other would lock the others; so its wrapper is
 * asked, which the launcher has to open ({@code --add-exports}).
 */
final class TokenSlots {

    private static final String WRAPPER = "sun.security.pkcs11.wrapper.PKCS11";

    private final Map<Long, String> labels;

    private TokenSlots(Map<Long, String> labels) {
        this.labels = labels;
    }

    static TokenSlots of(Path library) throws IOException {
        try {
            Class<?> wrapper = Class.forName(WRAPPER, true, ClassLoader.getPlatformClassLoader());
            Object module = null;
            for (Method method : wrapper.getMethods()) {
                if (method.getName().equals("getInstance") && method.getParameterCount() == 4) {
                    module =
                            method.invoke(
                                    null, library.toString(), "C_GetFunctionList", null, false);
                }
            }
            if (module == null) {
                throw new NoSuchMethodException(WRAPPER + ".getInstance");
            }
            Method info = wrapper.getMethod("C_GetTokenInfo", long.class);
            Map<Long, String> labels = new LinkedHashMap<>();
            for (long slot :
                    (long[])
                            wrapper.getMethod("C_GetSlotList", boolean.class)
                                    .invoke(module, true)) {
                Object token = info.invoke(module, slot);
                char[] label = (char[]) token.getClass().getField("label").get(token);
                String name = new String(label).stripTrailing();
                if (!name.isEmpty()) {
                    labels.put(slot, name);
                }
            }
            return new TokenSlots(labels);
        } catch (InvocationTargetException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw new IOException(String.valueOf(cause.getMessage()), cause);
        } catch (ReflectiveOperationException e) {
            throw new IOException("this Java does not show its tokens: " + e, e);
        }
    }

    /**
     * The slot of the token with a label.
     *
     * @throws IOException when there is none, or more than one
     */
    long holding(String label) throws IOException {
        long found = -1;
        for (Map.Entry<Long, String> slot : labels.entrySet()) {
            if (slot.getValue().equals(label)) {
                if (found >= 0) {
                    throw new IOException("two tokens have this label");
                }
                found = slot.getKey();
            }
        }
        if (found < 0) {
            throw new IOException(
                    labels.isEmpty()
                            ? "there is no token"
                            : "there is no such token; there are "
                                    + new TreeSet<>(labels.values()));
        }
        return found;
    }
}
