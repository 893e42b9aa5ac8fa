package io.kepm.audit.export;

import io.kepm.audit.export.Address.Kind;
import io.kepm.audit.export.Address.Trust;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Reads the address of an export: {@code SCHEME://HOST:PORT/PATH?NAME=VALUE&…}. Nothing in it is a
 * secret: a user name or password is refused.
 */
final class AddressParser {

    private static final String SCHEMES =
            Arrays.stream(Kind.values())
                    .map(kind -> "`" + kind.scheme() + "://`")
                    .collect(Collectors.joining(", "));
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");

    /** The key of the cursor has to fit into 256 characters. */
    private static final int LONGEST = 200;

    private final String shown;
    private final URI uri;
    private final Kind kind;
    private final Map<String, String> query;

    private AddressParser(String text) throws BadAddress {
        shown = shown(text);
        try {
            uri = new URI(text);
        } catch (URISyntaxException e) {
            throw bad("no address: " + e.getReason() + " at character " + (e.getIndex() + 1));
        }
        kind = kind(uri.getScheme() == null ? "" : uri.getScheme());
        query = query(uri.getRawQuery() == null ? "" : uri.getRawQuery());
    }

    /** The address of a text from the settings. */
    static Address parse(String text) throws BadAddress {
        return new AddressParser(text).address();
    }

    /** What may stand in a log: neither the query nor what may be a password. */
    static String shown(String text) {
        String bare = text.replaceFirst("[?#].*", "").replaceFirst("//[^/]*@", "//…@");
        return bare.length() <= LONGEST ? bare : bare.substring(0, LONGEST) + "…";
    }

    private Address address() throws BadAddress {
        if (uri.getRawUserInfo() != null || shown.contains("@")) {
            throw bad("a user or password may not stand in an address: use `credential=NAME`");
        }
        if (uri.getRawFragment() != null) {
            throw bad("`#` may not stand in an address");
        }
        String name = query.getOrDefault("name", shown);
        if (query.containsKey("name") && !NAME.matcher(name).matches()) {
            throw bad("`name`: 1 to 64 letters, digits, dots, dashes are allowed");
        }
        if (name.length() > LONGEST) {
            throw bad("too long to be a name of its own: add `name=`");
        }
        Address address =
                new Address(
                        name,
                        shown,
                        kind,
                        host(),
                        port(),
                        path(),
                        format(),
                        protocol(),
                        new Trust(file("ca"), file("cert"), file("key")),
                        Optional.ofNullable(query.get("credential")));
        checkTogether(address);
        return address;
    }

    private void checkTogether(Address address) throws BadAddress {
        if (address.trust().cert().isPresent() != address.trust().key().isPresent()) {
            throw bad("`cert` and `key` go together");
        }
        if (address.credential().isPresent()) {
            if (!NAME.matcher(address.credential().get()).matches()) {
                throw bad("`credential`: the name of a systemd credential is allowed");
            }
            if (!kind.isEncrypted() && !address.isLoopback()) {
                throw bad(
                        "a credential would leave this machine in clear: use `%s://`"
                                .formatted(Kind.OTLP_HTTPS.scheme()));
            }
        }
    }

    private Kind kind(String scheme) throws BadAddress {
        for (Kind candidate : Kind.values()) {
            if (candidate.scheme().equals(scheme.toLowerCase(Locale.ROOT))) {
                return candidate;
            }
        }
        throw bad("unknown scheme `" + scheme + "`: " + SCHEMES + " are allowed");
    }

    private Map<String, String> query(String raw) throws BadAddress {
        Map<String, String> values = new TreeMap<>();
        if (raw.isEmpty()) {
            return values;
        }
        for (String part : raw.split("&", -1)) {
            int equals = part.indexOf('=');
            String key = equals < 0 ? part : part.substring(0, equals);
            if (!parameters().contains(key)) {
                throw bad(
                        "unknown parameter `%s`: %s are allowed"
                                .formatted(
                                        key,
                                        parameters().stream()
                                                .map(name -> "`" + name + "`")
                                                .collect(Collectors.joining(", "))));
            }
            String value = equals < 0 ? "" : decoded(part.substring(equals + 1));
            if (value.isEmpty()) {
                throw bad("`" + key + "` has no value");
            }
            if (values.put(key, value) != null) {
                throw bad("`" + key + "` stands there twice");
            }
        }
        return values;
    }

    private Set<String> parameters() {
        Set<String> names = new TreeSet<>(Set.of("name"));
        if (kind.isSyslog()) {
            names.add("format");
        }
        if (kind.isEncrypted()) {
            names.addAll(Set.of("ca", "cert", "key"));
        }
        if (kind.isOtlp()) {
            names.addAll(Set.of("credential", "protocol"));
        }
        return names;
    }

    private static String decoded(String text) {
        return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
    }

    private String host() throws BadAddress {
        String host = uri.getHost();
        if (kind == Kind.FILE) {
            if (uri.getRawAuthority() != null) {
                throw bad("a file has no host: `file:///PATH` is allowed");
            }
            return "";
        }
        if (host == null) {
            throw bad(
                    "the host is missing or no name: `%s://HOST:PORT` is allowed"
                            .formatted(kind.scheme()));
        }
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private int port() throws BadAddress {
        int port = uri.getPort() < 0 ? kind.port() : uri.getPort();
        if (kind != Kind.FILE && (port < 1 || port > 65535)) {
            throw bad("port " + port + ": 1 to 65535 is allowed");
        }
        return port;
    }

    private String path() throws BadAddress {
        String path = uri.getPath() == null ? "" : uri.getPath();
        if (kind == Kind.FILE) {
            absolute("the path", path);
            return path;
        }
        if (kind.isOtlp()) {
            return uri.getRawPath().isEmpty() ? "/v1/logs" : uri.getRawPath();
        }
        if (!path.isEmpty() && !path.equals("/")) {
            throw bad("syslog knows no path: `%s://HOST:PORT` is allowed".formatted(kind.scheme()));
        }
        return "";
    }

    private Format format() throws BadAddress {
        String format = query.getOrDefault("format", "sd");
        try {
            return Format.valueOf(format.toUpperCase(Locale.ROOT));
        } catch (IllegalArgumentException e) {
            throw bad("`format` `" + format + "`: `sd`, `cef`, `json` are allowed");
        }
    }

    private Protocol protocol() throws BadAddress {
        String word = query.getOrDefault("protocol", Protocol.HTTP_PROTOBUF.word());
        for (Protocol protocol : Protocol.values()) {
            if (protocol.word().equals(word)) {
                return protocol;
            }
        }
        throw bad("`protocol` `" + word + "`: `http/protobuf`, `http/json` are allowed");
    }

    private Optional<Path> file(String parameter) throws BadAddress {
        String value = query.get(parameter);
        return value == null
                ? Optional.empty()
                : Optional.of(absolute("`" + parameter + "`", value));
    }

    private Path absolute(String what, String text) throws BadAddress {
        try {
            Path path = Path.of(text);
            if (path.isAbsolute() && path.getFileName() != null && path.normalize().equals(path)) {
                return path;
            }
        } catch (InvalidPathException e) {
            throw bad(what + " is no path of a file: " + e.getReason());
        }
        throw bad(what + " `" + text + "`: an absolute path without `.` and `..` is allowed");
    }

    private BadAddress bad(String why) {
        return new BadAddress(shown, why);
    }
}
