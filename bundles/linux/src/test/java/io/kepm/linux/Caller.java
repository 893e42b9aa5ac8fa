package io.kepm.linux;

import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;

/** A program that connects to a socket and stays until it is ended or hung up on. */
final class Caller {

    private Caller() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        try (SocketChannel channel = Client.channel(Path.of(args[0]))) {
            if (channel.isConnected()) {
                Thread.sleep(120_000);
            }
        }
    }
}
