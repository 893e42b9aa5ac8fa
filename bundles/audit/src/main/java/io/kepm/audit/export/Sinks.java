package io.kepm.audit.export;

import io.kepm.audit.export.Address.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.net.ssl.SSLContext;

/** Makes the sink of an address; connects to nothing yet. */
final class Sinks {

    private final String host;
    private final String agentUid;
    private final Optional<Path> credentials;
    private final TimeLimit limit;

    /**
     * @param host name of this machine, for messages
     * @param credentials {@code $CREDENTIALS_DIRECTORY}
     */
    Sinks(String host, String agentUid, Optional<Path> credentials, TimeLimit limit) {
        this.host = host;
        this.agentUid = agentUid;
        this.credentials = credentials;
        this.limit = limit;
    }

    Sink of(Address address) throws BadAddress {
        if (address.kind() == Kind.FILE) {
            return new FileSink(Path.of(address.path()));
        }
        try {
            Optional<SSLContext> tls =
                    address.kind().isEncrypted()
                            ? Optional.of(TlsTrust.context(address.trust()))
                            : Optional.empty();
            return address.kind().isOtlp() ? otlp(address, tls) : syslog(address, tls);
        } catch (IOException e) {
            throw new BadAddress(address.shown(), String.valueOf(e.getMessage()));
        }
    }

    private Sink otlp(Address address, Optional<SSLContext> tls) throws IOException, BadAddress {
        Optional<Credential> credential =
                address.credential().isPresent()
                        ? Optional.of(Credential.read(credentials, address.credential().get()))
                        : Optional.empty();
        Map<String, String> resource = OtlpRecord.resource(host, agentUid);
        OtlpEncoding encoding =
                address.protocol() == Protocol.HTTP_JSON
                        ? new OtlpJson(resource)
                        : new OtlpProtobuf(resource);
        return new OtlpSink(address, encoding, tls, credential);
    }

    private Sink syslog(Address address, Optional<SSLContext> tls) {
        boolean udp = address.kind() == Kind.SYSLOG_UDP;
        int largest = udp ? UdpSink.LARGEST : Integer.MAX_VALUE;
        SyslogMessage message =
                new SyslogMessage(host, ProcessHandle.current().pid(), address.format(), largest);
        return udp ? new UdpSink(address, message) : new StreamSink(address, message, tls, limit);
    }
}
