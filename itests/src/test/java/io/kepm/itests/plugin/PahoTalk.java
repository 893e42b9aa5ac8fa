package io.kepm.itests.plugin;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.eclipse.paho.client.mqttv3.MqttClient;
import org.eclipse.paho.client.mqttv3.MqttConnectOptions;
import org.eclipse.paho.client.mqttv3.MqttException;
import org.eclipse.paho.client.mqttv3.persist.MemoryPersistence;

/** A client of MQTT that others wrote (Paho), used as its own pages show it. */
public final class PahoTalk {

    private static final String TOPIC = "paho/said";

    private PahoTalk() {}

    /** As a process: it is told who it is on its standard input. */
    public static void main(String[] args) throws Exception {
        String line = new String(System.in.readAllBytes(), StandardCharsets.UTF_8);
        InputStream certificate =
                new ByteArrayInputStream(
                        member(line, "caPem")
                                .replace("\\n", "\n")
                                .getBytes(StandardCharsets.US_ASCII));
        System.out.println(
                talk(
                        member(line, "clientId"),
                        member(line, "secret").toCharArray(),
                        trusting(certificate)));
    }

    private static String member(String line, String name) {
        Matcher found = Pattern.compile("\"" + name + "\":\"([^\"]*)\"").matcher(line);
        if (!found.find()) {
            throw new IllegalArgumentException("it was not told its " + name);
        }
        return found.group(1);
    }

    static SSLContext trusting(InputStream certificate)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        store.setCertificateEntry(
                "agent", CertificateFactory.getInstance("X.509").generateCertificate(certificate));
        TrustManagerFactory trust =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Says and hears in each of the three ways, and tries what it did not declare. */
    static String talk(String id, char[] secret, SSLContext tls)
            throws MqttException, InterruptedException {
        BlockingQueue<String> heard = new LinkedBlockingQueue<>();
        MqttConnectOptions options = new MqttConnectOptions();
        options.setSocketFactory(tls.getSocketFactory());
        options.setUserName(id);
        options.setPassword(secret);
        MqttClient client = new MqttClient("ssl://localhost:8675", id, new MemoryPersistence());
        try {
            client.connect(options);
            client.subscribe(TOPIC, 2, (topic, message) -> heard.add("heard " + message.getQos()));
            StringBuilder said = new StringBuilder();
            for (int qos = 0; qos < 3; qos++) {
                client.publish(TOPIC, new byte[] {7}, qos, false);
                said.append(heard.poll(60, TimeUnit.SECONDS)).append(", ");
            }
            // What is lent or launched has to stand for more than a look of the broker's.
            Thread.sleep(2_500);
            client.publish(TOPIC, new byte[] {7}, 1, false);
            said.append("still ").append(heard.poll(60, TimeUnit.SECONDS)).append(", ");
            try {
                client.subscribe("AuditMessage", 1);
                said.append("hears the audit");
            } catch (MqttException e) {
                said.append("denied ").append(e.getReasonCode());
            }
            client.disconnect();
            return said.toString();
        } finally {
            client.close(true);
        }
    }
}
