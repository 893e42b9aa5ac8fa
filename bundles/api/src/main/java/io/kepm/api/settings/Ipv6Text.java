package io.kepm.api.settings;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.regex.Pattern;

/** IPv6 addresses in the one form that clients write into a {@code Host} (RFC 5952). */
final class Ipv6Text {

    private static final Pattern SHAPE = Pattern.compile("[0-9a-f:]{2,39}");

    private Ipv6Text() {}

    /**
     * The address in brackets, shortest form.
     *
     * @param text with brackets or without
     * @throws IllegalArgumentException when it is none
     */
    static String canonical(String text) {
        String inner =
                text.startsWith("[") && text.endsWith("]")
                        ? text.substring(1, text.length() - 1)
                        : text;
        if (!SHAPE.matcher(inner).matches() || inner.indexOf(':') < 0) {
            throw new IllegalArgumentException("an entry is no IPv6 address such as `[::1]`");
        }
        try {
            // Only digits and colons: this never asks a name server.
            if (InetAddress.getByName("[" + inner + "]") instanceof Inet6Address address) {
                return "[" + shortest(address.getAddress()) + "]";
            }
        } catch (UnknownHostException e) {
            // As below.
        }
        throw new IllegalArgumentException("an entry is no IPv6 address such as `[::1]`");
    }

    private static String shortest(byte[] bytes) {
        int[] groups = new int[8];
        for (int i = 0; i < 8; i++) {
            groups[i] = (bytes[2 * i] & 0xff) << 8 | (bytes[2 * i + 1] & 0xff);
        }
        int start = -1;
        int longest = 1;
        for (int i = 0; i < 8; i++) {
            int end = i;
            while (end < 8 && groups[end] == 0) {
                end++;
            }
            if (end - i > longest) {
                start = i;
                longest = end - i;
            }
        }
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < 8; i++) {
            if (i == start) {
                text.append("::");
                i += longest - 1;
            } else {
                boolean first = text.isEmpty() || text.charAt(text.length() - 1) == ':';
                text.append(first ? "" : ":").append(Integer.toHexString(groups[i]));
            }
        }
        return text.toString();
    }
}
