package io.kepm.linux;

import io.kepm.api.linux.Origin;
import io.kepm.api.linux.Peer;
import io.kepm.api.linux.UnixSockets;
import java.io.IOException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.OptionalLong;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Offers Unix sockets, and the folder they lie in. Safe for use by many threads. */
@Component(immediate = true)
public final class UnixSocketsComponent implements UnixSockets {

    private static final Logger LOG = LoggerFactory.getLogger(UnixSocketsComponent.class);

    private final Peers peers = new Peers();

    @Activate
    public UnixSocketsComponent() throws IOException {
        Path run = Path.of(System.getProperty("kepm.run", "/run/keeper"));
        RunFolder.prepare(run);
        // Of a former agent that was killed: whoever waits for us must not find it.
        new ReadyFile(run).remove();
    }

    @Override
    public Listener listen(Path path, int mode, int workers, Handler handler) throws IOException {
        return new SocketListener(path, mode, workers, handler, peers).start();
    }

    @Override
    public Peer peer(SocketChannel channel) throws IOException {
        return peers.of(channel);
    }

    @Override
    public void refuseDescriptors(ServerSocketChannel channel) throws IOException {
        if (!Peers.refuseDescriptors(Peers.numberOf(channel))) {
            LOG.info("{}: on this kernel one can pass open files to it", channel.getLocalAddress());
        }
    }

    @Override
    public Origin origin(SocketChannel channel) throws IOException {
        return peers.originOf(channel);
    }

    @Override
    public OptionalLong login(SocketChannel channel) throws IOException {
        return peers.loginOf(channel);
    }
}
