package io.kepm.audit.export;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Optional;

/**
 * Where an export goes, read by {@link AddressParser}.
 *
 * @param name under which its cursor is kept: it goes on there as long as the name is the same
 * @param shown the address without its query
 * @param host empty for a file; without brackets
 * @param port 0 for a file
 * @param path of the file, or of the URL
 * @param format of syslog messages
 * @param protocol of OTLP
 * @param credential name of the systemd credential that holds the value of the header {@code
 *     Authorization}
 */
record Address(
        String name,
        String shown,
        Kind kind,
        String host,
        int port,
        String path,
        Format format,
        Protocol protocol,
        Trust trust,
        Optional<String> credential) {

    /** The ways to send, with the port that is meant where none is given. */
    enum Kind {
        FILE("file", 0),
        SYSLOG_UDP("syslog+udp", 514),
        SYSLOG_TCP("syslog+tcp", 601),
        SYSLOG_TLS("syslog+tls", 6514),
        OTLP_HTTP("otlp+http", 4318),
        OTLP_HTTPS("otlp+https", 4318);

        private final String scheme;
        private final int port;

        Kind(String scheme, int port) {
            this.scheme = scheme;
            this.port = port;
        }

        String scheme() {
            return scheme;
        }

        int port() {
            return port;
        }

        boolean isSyslog() {
            return scheme.startsWith("syslog");
        }

        boolean isOtlp() {
            return scheme.startsWith("otlp");
        }

        boolean isEncrypted() {
            return this == SYSLOG_TLS || this == OTLP_HTTPS;
        }
    }

    /**
     * What TLS rests on.
     *
     * @param ca certificates that may sign the peer's, PEM; those of the system where there is none
     * @param cert our own chain, PEM
     * @param key its private key, PKCS#8 as PEM
     */
    record Trust(Optional<Path> ca, Optional<Path> cert, Optional<Path> key) {}

    /** Whether it stays on this machine, going by what is written there; no name is looked up. */
    boolean isLoopback() {
        return host.equals("::1")
                || host.matches("127\\.[0-9]{1,3}\\.[0-9]{1,3}\\.[0-9]{1,3}")
                || host.toLowerCase(Locale.ROOT).equals("localhost");
    }
}
