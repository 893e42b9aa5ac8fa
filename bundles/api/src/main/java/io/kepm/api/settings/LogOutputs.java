package io.kepm.api.settings;

import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;

/** Reads the addresses of the log's outputs; a password has no place in one. */
final class LogOutputs {

    private static final int MOST = 8;

    private LogOutputs() {}

    static List<String> read(Object value) {
        if (!(value instanceof List<?> list) || !list.stream().allMatch(String.class::isInstance)) {
            throw new IllegalArgumentException("not a list of texts");
        }
        if (list.size() > MOST) {
            throw new IllegalArgumentException("more than " + MOST + " outputs");
        }
        List<String> addresses = list.stream().map(String.class::cast).toList();
        for (int i = 0; i < addresses.size(); i++) {
            if (!isOutput(addresses.get(i))) {
                throw new IllegalArgumentException(
                        "output "
                                + (i + 1)
                                + " is none of journald:, syslog+udp://HOST:PORT, http(s)://HOST/PATH");
            }
        }
        return addresses;
    }

    private static boolean isOutput(String address) {
        if (address.equals("journald:")) {
            return true;
        }
        try {
            URI uri = new URI(address);
            if (uri.getHost() == null
                    || uri.getRawUserInfo() != null
                    || uri.getFragment() != null) {
                return false;
            }
            return switch (String.valueOf(uri.getScheme())) {
                case "http", "https" -> true;
                case "syslog+udp" -> uri.getPort() > 0 && uri.getRawPath().isEmpty();
                default -> false;
            };
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
