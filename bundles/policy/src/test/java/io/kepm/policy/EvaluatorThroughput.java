package io.kepm.policy;

import io.kepm.api.policy.Evaluation;
import java.lang.management.ManagementFactory;
import java.lang.ref.Reference;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;

/**
 * Measures decisions a second on one thread, over sets of mixed matchers: {@code
 * EvaluatorThroughput [policies…]}.
 */
final class EvaluatorThroughput {

    private static final int REQUESTS = 4096;

    private EvaluatorThroughput() {}

    public static void main(String[] args) {
        int[] sizes =
                args.length == 0
                        ? new int[] {100, 1_000, 10_000, 100_000}
                        : Arrays.stream(args).mapToInt(Integer::parseInt).toArray();
        for (int size : sizes) {
            measure(size);
        }
    }

    private static void measure(int size) {
        String[] policies = new String[(size + 999) / 1000];
        for (int file = 0; file < policies.length; file++) {
            StringBuilder json = new StringBuilder("[");
            for (int i = file * 1000; i < Math.min(size, (file + 1) * 1000); i++) {
                json.append(json.length() > 1 ? "," : "").append(policy(i));
            }
            policies[file] = json.append("]").toString();
        }
        List<PolicyText> texts = new ArrayList<>(TestSet.texts(policies));
        Arrays.fill(policies, "");
        long start = cpuNanos();
        Faults faults = new Faults();
        PolicySet set = PolicyLoader.load(texts, faults);
        double loadMillis = (cpuNanos() - start) / 1e6;
        texts.clear();
        if (!faults.isEmpty()) {
            throw new IllegalStateException(faults.list().get(0).text());
        }
        Evaluator evaluator =
                new Evaluator(
                        set,
                        new Evaluation.Revision(1, set.sha256()),
                        EngineSettings.DEFAULT,
                        TestSet.GUARDS);
        Random random = new Random(7);
        List<Ask> requests = new ArrayList<>();
        for (int i = 0; i < REQUESTS; i++) {
            requests.add(request(random.nextInt(size)));
        }
        double best = 0;
        int[] outcomes = new int[8];
        for (int round = 0; round < 6; round++) {
            int count = 0;
            long from = cpuNanos();
            while (cpuNanos() - from < 1_000_000_000L) {
                for (Ask ask : requests) {
                    outcomes[
                            evaluator
                                    .evaluate(ask.request(), TestSet.MONDAY_NOON)
                                    .decision()
                                    .status()]++;
                    count++;
                }
            }
            best = Math.max(best, count / ((cpuNanos() - from) / 1e9));
        }
        long[] nanos = new long[REQUESTS * 20];
        for (int i = 0; i < nanos.length; i++) {
            Ask ask = requests.get(i % REQUESTS);
            long from = System.nanoTime();
            evaluator.evaluate(ask.request(), TestSet.MONDAY_NOON);
            nanos[i] = System.nanoTime() - from;
        }
        Arrays.sort(nanos);
        System.gc();
        long used = Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
        System.out.printf(
                "%,9d policies: loaded in %,6.0f ms, %,9.0f decisions/s, p99 %,.1f us, heap %,d MB, %s%n",
                size,
                loadMillis,
                best,
                nanos[nanos.length * 99 / 100] / 1e3,
                used >> 20,
                "allow/deny/pending " + outcomes[1] + "/" + outcomes[2] + "/" + outcomes[5]);
        Reference.reachabilityFence(evaluator);
    }

    /** Time on the processor, so that what else runs on the machine counts less. */
    private static long cpuNanos() {
        return ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    }

    /** Ten kinds of policy, so that every kind of key is used. */
    private static String policy(int i) {
        String controls = i % 7 == 0 ? "'DENY'" : i % 5 == 0 ? "'JUSTIFY'" : "'ALLOW'";
        String frame =
                "{'PolicyId':'p"
                        + i
                        + "','PolicyName':'Policy "
                        + i
                        + "','PolicyType':'CommandLine','Status':'enforce','Actions':{'OnSuccess':"
                        + "{'Controls':["
                        + controls
                        + "]}},";
        return frame
                + switch (i % 10) {
                    case 0 -> "'UserCheck':['user" + i + "'],'ApplicationCheck':['*']}";
                    case 1 -> "'UserCheck':['%group" + i + "'],'ApplicationCheck':['/usr/bin/*']}";
                    case 2 -> "'UserCheck':['*'],'ApplicationCheck':['/opt/app" + i + "/bin/run']}";
                    case 3 -> "'UserCheck':['*'],'ApplicationCheck':['/opt/app" + i + "/**']}";
                    case 4 ->
                            "'UserCheck':['*'],'Extension':{'Commands':[{'Path':'/usr/bin/systemctl',"
                                    + "'Args':[{'OneOf':['restart','reload']},'svc"
                                    + i
                                    + "']}]}}";
                    case 5 ->
                            "'UserCheck':['%staff','%group"
                                    + i
                                    + "'],'ApplicationCheck':['tool"
                                    + i
                                    + "']}";
                    case 6 ->
                            "'UserCheck':['uid:"
                                    + (100_000 + i)
                                    + "'],'ApplicationCheck':['{home}/bin/*'],"
                                    + "'TimeCheck':[{'StartTime':'8','EndTime':'18'}]}";
                    case 7 ->
                            "'UserCheck':['*'],'MachineCheck':['ws-17'],'ApplicationCheck':['/srv/data*/x"
                                    + i
                                    + "']}";
                    case 8 ->
                            "'UserCheck':['%staff'],'Extension':{'AllowCommands':['/usr/bin/apt-get install pkg"
                                    + i
                                    + " *']}}";
                    default ->
                            "'UserCheck':['*'],'ApplicationCheck':['sha256:"
                                    + String.format("%064x", i)
                                    + "']}";
                };
    }

    private static Ask request(int i) {
        String[] groups = {"staff", "users", "audio", "video", "group" + (i - i % 10 + 1)};
        Ask ask =
                switch (i % 6) {
                    case 0 ->
                            Ask.command("/usr/bin/systemctl", "restart", "svc" + (i - i % 10 + 4));
                    case 1 -> Ask.command("/opt/app" + (i - i % 10 + 2) + "/bin/run");
                    case 2 -> Ask.command("/opt/app" + (i - i % 10 + 3) + "/lib/x/y");
                    case 3 ->
                            Ask.command(
                                    "/usr/bin/apt-get", "install", "pkg" + (i - i % 10 + 8), "-y");
                    case 4 -> Ask.command("/usr/local/bin/tool" + (i - i % 10 + 5), "--verbose");
                    default -> Ask.command("/usr/bin/unknown" + i, "a", "b");
                };
        return ask.by("user" + (i - i % 10 + i % 2), groups).uid(100_000L + i);
    }
}
