package io.kepm.api.settings;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The hosts that a request may name, as {@code AllowedHosts} lists them: names and addresses joined
 * by {@code ;}, in any case. {@code *.example.com} stands for every name below that one, {@code *}
 * for any. An IPv6 address may stand with or without brackets. A name with a last dot is another
 * spelling, and allowed only when it is listed so. Immutable.
 */
public final class AllowedHosts {

    private static final int MOST = 64;
    private static final String ANY = "*";
    private static final int LONGEST_NAME = 254;
    private static final Pattern LABEL = Pattern.compile("[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?");
    private static final Pattern DIGITS = Pattern.compile("[0-9]{1,3}");

    private final Set<String> exact;
    private final List<String> below;
    private final boolean any;

    private AllowedHosts(Set<String> hosts) {
        any = hosts.contains(ANY);
        exact = Set.copyOf(hosts);
        below =
                hosts.stream()
                        .filter(host -> host.startsWith("*."))
                        .map(host -> host.substring(1))
                        .toList();
    }

    /**
     * Reads the list.
     *
     * @throws IllegalArgumentException when an entry is none, with a sentence
     */
    public static AllowedHosts parse(String text) {
        Set<String> hosts = new LinkedHashSet<>();
        for (String entry : text.split(";", -1)) {
            String host = entry.strip().toLowerCase(Locale.ROOT);
            // A last `;` is no entry.
            if (!host.isEmpty()) {
                hosts.add(host(host));
            }
        }
        if (hosts.isEmpty()) {
            throw new IllegalArgumentException("it names no host: nobody could ask anything");
        }
        if (hosts.size() > MOST) {
            throw new IllegalArgumentException("more than " + MOST + " hosts");
        }
        return new AllowedHosts(hosts);
    }

    /** Whether any host is allowed: a foreign page whose name points here then is one. */
    public boolean isOpen() {
        return any;
    }

    /**
     * Whether a request may name it.
     *
     * @param host without its port, in lower case; an IPv6 address in brackets
     */
    public boolean allows(String host) {
        if (any) {
            return !host.isEmpty();
        }
        return exact.contains(host)
                || below.stream()
                        .anyMatch(end -> host.length() > end.length() && host.endsWith(end));
    }

    private static String host(String host) {
        if (host.equals(ANY)) {
            return host;
        }
        if (host.startsWith("[") || host.indexOf(':') != host.lastIndexOf(':')) {
            return Ipv6Text.canonical(host);
        }
        if (host.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "a host stands without its port, which is checked by itself");
        }
        String name = host.startsWith("*.") ? host.substring(2) : host;
        if (isAddress(name) ? host.startsWith("*.") : !isName(name)) {
            throw new IllegalArgumentException(
                    "an entry is neither a host name, nor an address, nor `*` or `*.NAME`; names of"
                            + " other alphabets stand in their `xn--` form");
        }
        return host;
    }

    private static boolean isName(String name) {
        String plain = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        if (plain.isEmpty() || plain.length() > LONGEST_NAME) {
            return false;
        }
        List<String> labels = List.of(plain.split("\\.", -1));
        // What ends in a number is an address to a browser, such as 2130706433 or 127.1.
        return labels.stream().allMatch(label -> LABEL.matcher(label).matches())
                && !labels.get(labels.size() - 1).matches("[0-9]+|0x[0-9a-f]*");
    }

    private static boolean isAddress(String text) {
        List<String> parts = List.of(text.split("\\.", -1));
        return parts.size() == 4
                && parts.stream()
                        .allMatch(
                                part ->
                                        DIGITS.matcher(part).matches()
                                                && Integer.parseInt(part) <= 255
                                                && (part.length() == 1 || part.charAt(0) != '0'));
    }
}
