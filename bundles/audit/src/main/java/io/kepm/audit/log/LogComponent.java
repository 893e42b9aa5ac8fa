package io.kepm.audit.log;

import io.kepm.api.health.HealthCheck;
import io.kepm.api.jobs.Chore;
import io.kepm.api.linux.Datagrams;
import io.kepm.api.log.LogIntake;
import io.kepm.api.log.LogLevel;
import io.kepm.api.log.LogLevels;
import io.kepm.api.log.LogRecord;
import io.kepm.api.metrics.Metric;
import io.kepm.api.metrics.MetricSource;
import io.kepm.api.settings.CoreSettings;
import io.kepm.api.settings.Settings;
import java.net.URI;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import org.ops4j.pax.logging.spi.PaxAppender;
import org.osgi.framework.BundleContext;
import org.osgi.framework.FrameworkUtil;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.cm.ManagedService;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;

/**
 * The log as services. Until it is there, and after it is gone, the library writes to the same file
 * by itself. It needs no audit, and the audit needs no log.
 */
@Component(
        immediate = true,
        service = {LogIntake.class, LogLevels.class, HealthCheck.class, MetricSource.class})
public final class LogComponent implements LogIntake, LogLevels, HealthCheck, MetricSource {

    /** Bytes of the setting's unit. */
    private static final long MB = 1 << 20;

    /** Between two tries of an output. */
    private static final long OUTPUT_PAUSE_MILLIS = 5000;

    private final Backend backend;
    private final Levels levels;
    private final FileSink file;
    private final List<OutputQueue> outputs;
    private final Pipeline pipeline;
    private final Housekeeping housekeeping;
    private final ServiceRegistration<PaxAppender> appender;
    private final Settings.Listening listening;
    private final ServiceRegistration<Chore> chore;

    @Activate
    public LogComponent(
            BundleContext context,
            @Reference Settings settings,
            @Reference(target = Backend.TARGET) ManagedService library,
            @Reference Datagrams datagrams) {
        InstantSource clock = InstantSource.system();
        Path folder = settings.approot().resolve("Log");
        backend = new Backend(library);
        levels = new Levels(level(settings), backend::take);
        file =
                new FileSink(
                        new LogFile(
                                folder,
                                settings.get(CoreSettings.LOG_SIZE_MB) * MB,
                                clock,
                                LogFile::append),
                        LogFormat.of(settings.get(CoreSettings.LOG_FORMAT)),
                        clock);
        outputs =
                settings.get(CoreSettings.LOG_OUTPUTS).stream()
                        .map(address -> output(address, datagrams))
                        .toList();
        // The library is told on the log's own thread: nobody's start waits for that.
        pipeline = new Pipeline(levels, file, outputs, clock, () -> backend.take(levels.levels()));
        housekeeping =
                new Housekeeping(
                        new OldLogs(
                                folder, () -> settings.get(CoreSettings.LOG_RETENTION_DAYS), clock),
                        fault ->
                                pipeline.accept(
                                        LogRecord.of(
                                                clock.instant(),
                                                LogLevel.WARNING,
                                                Pipeline.OWN,
                                                fault)));
        appender =
                context.registerService(
                        PaxAppender.class,
                        new LibraryLines(pipeline::accept),
                        FrameworkUtil.asDictionary(Map.of(Backend.APPENDER_NAME, Backend.NAME)));
        chore = context.registerService(Chore.class, new RetentionChore(housekeeping), null);
        outputs.forEach(OutputQueue::start);
        pipeline.start();
        housekeeping.start();
        LevelSetting level = new LevelSetting(() -> level(settings), levels);
        listening = settings.listen(level::follow);
        level.follow();
    }

    @Deactivate
    void close() throws InterruptedException {
        listening.close();
        chore.unregister();
        housekeeping.close();
        backend.giveBack();
        appender.unregister();
        pipeline.close();
        for (OutputQueue output : outputs) {
            output.close();
        }
    }

    @Override
    public void log(LogRecord record) {
        pipeline.log(record);
    }

    @Override
    public SortedMap<String, LogLevel> levels() {
        return levels.levels();
    }

    @Override
    public LogLevel level(String component) {
        return levels.level(component);
    }

    @Override
    public void set(String component, LogLevel level) {
        levels.set(component, level);
    }

    @Override
    public List<Metric> metrics() {
        return List.of(pipeline.dropped());
    }

    @Override
    public String name() {
        return "log";
    }

    @Override
    public Health check() {
        return file.trouble()
                .map(
                        why ->
                                Health.degraded(
                                        "nothing can be written: " + why,
                                        "make room for " + LogFile.NAME))
                .orElseGet(this::ofOutputs);
    }

    private Health ofOutputs() {
        List<String> complaints =
                outputs.stream()
                        .map(OutputQueue::complaint)
                        .filter(text -> !text.isEmpty())
                        .toList();
        return complaints.isEmpty()
                ? Health.healthy("level " + levels.level(DEFAULT).word())
                : Health.degraded(
                        String.join("; ", complaints),
                        "look at the other side, or at `log.outputs` in appsettings.json; the lines"
                                + " are in "
                                + LogFile.NAME);
    }

    private static LogLevel level(Settings settings) {
        return LogLevel.of(settings.get(CoreSettings.LOG_LEVEL)).orElse(LogLevel.WARNING);
    }

    /** An address of the settings, which were checked. */
    private static OutputQueue output(String address, Datagrams datagrams) {
        Output output =
                address.equals("journald:")
                        ? new JournalOutput(datagrams)
                        : address.startsWith("syslog")
                                ? new SyslogOutput(URI.create(address))
                                : new HttpOutput(URI.create(address));
        return new OutputQueue(address, output, OUTPUT_PAUSE_MILLIS);
    }
}
