package io.kepm.trust;

import com.fasterxml.jackson.core.io.JsonStringEncoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The one line that a launched process reads (trust.md §2). Built from bytes, so that the secret is
 * never in a String, which nobody can wipe.
 *
 * @param mqttHost and port of the broker
 * @param api base of the routes, without a slash at its end
 */
record LaunchLine(String mqttHost, int mqttPort, String api) {

    byte[] with(String clientId, byte[] secret, String caPem) {
        byte[] before = bytes("{\"clientId\":\"" + escaped(clientId) + "\",\"secret\":\"");
        byte[] after =
                bytes(
                        "\",\"caPem\":\""
                                + escaped(caPem)
                                + "\",\"mqtt\":{\"host\":\""
                                + escaped(mqttHost)
                                + "\",\"port\":"
                                + mqttPort
                                + "},\"api\":\""
                                + escaped(api)
                                + "\"}\n");
        ByteBuffer line = ByteBuffer.allocate(before.length + secret.length + after.length);
        line.put(before).put(secret).put(after);
        return line.array();
    }

    static void wipe(byte[] line) {
        Arrays.fill(line, (byte) 0);
    }

    private static String escaped(String text) {
        return new String(JsonStringEncoder.getInstance().quoteAsString(text));
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
