package io.kepm.linux;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** {@code struct sockaddr_un} of a path. */
final class SocketAddress {

    private static final int LONGEST_PATH = 107;

    private SocketAddress() {}

    static byte[] of(Path path) {
        return of(path.toString());
    }

    /** A leading {@code @} stands for the NUL of an abstract name. */
    static byte[] of(String name) {
        byte[] path = name.getBytes(StandardCharsets.UTF_8);
        if (path.length == 0 || path.length > LONGEST_PATH || name.indexOf('\0') >= 0) {
            throw new IllegalArgumentException(
                    "socket path `" + name + "`: 1 to " + LONGEST_PATH + " bytes are allowed");
        }
        boolean isAbstract = path[0] == '@';
        byte[] address = new byte[2 + path.length + (isAbstract ? 0 : 1)];
        address[ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN ? 0 : 1] = Libc.AF_UNIX;
        System.arraycopy(path, 0, address, 2, path.length);
        if (isAbstract) {
            address[2] = 0;
        }
        return address;
    }
}
