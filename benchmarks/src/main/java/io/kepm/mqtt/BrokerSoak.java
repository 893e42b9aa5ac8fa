package io.kepm.mqtt;

import com.sun.management.UnixOperatingSystemMXBean;
import io.kepm.api.linux.Launcher;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.TopicRights;
import java.io.IOException;
import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Mixed clients of one broker for a long time ({@link SoakClients}), at a pace that leaves the
 * machine to others. Each minute says what lives after a collection, memory outside of the heap,
 * descriptors and threads, of broker and clients together; the end says them for begin, middle and
 * end. Arguments: minutes.
 *
 * <p>Ends with 1 when one kind of client had nothing to do, or a stranger was let in, or the last
 * fifth needs more than 1.1 times the memory of the second (1.25 of what the system counts), or
 * more than ten descriptors or threads more.
 */
public final class BrokerSoak {

    private static final double MEGABYTE = 1e6;

    private final SoakClients clients;

    private BrokerSoak(SoakClients clients) {
        this.clients = clients;
    }

    public static void main(String[] args) throws Exception {
        int minutes = Integer.parseInt(args[0]);
        MeasureCertificate certificate = new MeasureCertificate();
        try (Broker broker =
                BrokerMeasure.broker(
                        certificate, DeclaredRights::new, Limits.STANDARD, new ByName())) {
            SoakClients clients = new SoakClients(certificate.client(), broker.address().getPort());
            System.exit(new BrokerSoak(clients).run(minutes) ? 0 : 1);
        }
    }

    /**
     * One look.
     *
     * @param heap megabytes that live after a collection
     * @param direct megabytes of buffers outside of it
     * @param resident megabytes that the system counts for the process
     */
    private record Look(
            int minute,
            double heap,
            double direct,
            double resident,
            long descriptors,
            int threads) {

        static Look at(int minute) throws IOException {
            for (int i = 0; i < 3; i++) {
                System.gc();
            }
            long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            long buffers =
                    ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
                            .mapToLong(BufferPoolMXBean::getMemoryUsed)
                            .sum();
            long open =
                    ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
                            .getOpenFileDescriptorCount();
            return new Look(
                    minute,
                    used / MEGABYTE,
                    buffers / MEGABYTE,
                    residentBytes() / MEGABYTE,
                    open,
                    ManagementFactory.getThreadMXBean().getThreadCount());
        }

        private static double residentBytes() throws IOException {
            try (Stream<String> lines = Files.lines(Path.of("/proc/self/status"))) {
                String line = lines.filter(one -> one.startsWith("VmRSS:")).findFirst().orElse("");
                return 1024 * Double.parseDouble(line.replaceAll("[^0-9]", ""));
            }
        }

        String text() {
            return String.format(
                    Locale.ROOT,
                    "%3d min  heap %6.2f MB  direct %6.2f MB  resident %6.1f MB  descriptors %d "
                            + " threads %d",
                    minute,
                    heap,
                    direct,
                    resident,
                    descriptors,
                    threads);
        }
    }

    private boolean run(int minutes) throws Exception {
        clients.start();
        List<Look> looks = new ArrayList<>();
        for (int minute = 1; minute <= minutes; minute++) {
            Thread.sleep(60_000);
            Look look = Look.at(minute);
            looks.add(look);
            System.out.println(look.text() + "  " + told());
            if (clients.isBroken()) {
                System.out.println("BROKEN: a client met what never may be");
                return false;
            }
        }
        clients.stop();
        System.out.println("begin   " + looks.get(0).text());
        System.out.println("middle  " + looks.get(looks.size() / 2).text());
        System.out.println("end     " + looks.get(looks.size() - 1).text());
        return isFlat(looks);
    }

    private String told() {
        return Stream.of(SoakClients.Kind.values())
                .map(kind -> kind.name().toLowerCase(Locale.ROOT) + " " + clients.count(kind))
                .collect(Collectors.joining(", "));
    }

    private boolean isFlat(List<Look> looks) {
        int fifth = Math.max(1, looks.size() / 5);
        List<Look> early =
                looks.subList(
                        Math.min(fifth, looks.size() - 1), Math.min(looks.size(), 2 * fifth + 1));
        List<Look> late = looks.subList(looks.size() - fifth, looks.size());
        double heap = mean(late, Look::heap) / mean(early, Look::heap);
        double direct = mean(late, Look::direct) / mean(early, Look::direct);
        double resident = mean(late, Look::resident) / mean(early, Look::resident);
        long descriptors = most(late, Look::descriptors) - most(early, Look::descriptors);
        long threads = most(late, Look::threads) - most(early, Look::threads);
        boolean flat =
                clients.haveAllWorked()
                        && heap <= 1.1
                        && direct <= 1.1
                        && resident <= 1.25
                        && descriptors <= 10
                        && threads <= 10;
        System.out.printf(
                Locale.ROOT,
                "last fifth beside the second: heap %.2f, direct %.2f, resident %.2f, descriptors"
                        + " %+d, threads %+d: %s%n",
                heap,
                direct,
                resident,
                descriptors,
                threads,
                flat ? "flat" : "NOT FLAT");
        return flat;
    }

    private static double mean(List<Look> looks, ToDoubleFunction<Look> figure) {
        return looks.stream().mapToDouble(figure).average().orElse(0);
    }

    private static long most(List<Look> looks, ToDoubleFunction<Look> figure) {
        return Math.round(looks.stream().mapToDouble(figure).max().orElse(0));
    }

    /** Knows plugins by their name, and nobody else. */
    private static final class ByName implements Authenticator {
        private static final Launcher.Identity PROCESS = new Launcher.Identity(1, 1, 0, 1, 1, "00");

        @Override
        public Launches.Verdict identify(
                String clientId, byte[] secret, InetSocketAddress peer, InetSocketAddress door) {
            if (!clientId.startsWith(SoakClients.NAME)) {
                return new Launches.Verdict.Unknown("none of them");
            }
            TopicRights rights =
                    new TopicRights(List.of(SoakClients.TOPIC), List.of(SoakClients.TOPIC));
            return new Launches.Verdict.Known(
                    new Launches.Component(clientId, Launches.Reach.PLUGIN, rights, true), PROCESS);
        }

        @Override
        public boolean isRunning(String clientId, Launcher.Identity process) {
            return true;
        }
    }
}
