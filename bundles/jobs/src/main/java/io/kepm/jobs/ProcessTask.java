package io.kepm.jobs;

import io.kepm.api.elevation.LaunchAnswer;
import io.kepm.api.linux.Accounts.NameServiceException;
import io.kepm.api.linux.LaunchOrder;
import io.kepm.api.linux.Launcher;
import io.kepm.api.storage.StorageException;
import io.kepm.api.trust.Launches;
import io.kepm.api.trust.UserPrograms;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Runs a program. INVARIANT: what runs as a user was let in by {@link UserPrograms}, what runs
 * elevated by the one launch decision; nothing is launched before.
 */
final class ProcessTask {

    private static final LaunchOrder.LaunchLimits LIMITS = LaunchOrder.LaunchLimits.USUAL;

    private final Launches launches;
    private final LiveRuns live;
    private final Programs programs;
    private final ExecCopies copies;
    private final People people;
    private final UserPrograms allowed;
    private final Elevated elevated;
    private final SignedPrograms signatures;
    private final Scripts scripts;

    /** What is asked before something is launched. */
    record Gates(
            People people,
            UserPrograms allowed,
            Elevated elevated,
            SignedPrograms signatures,
            Scripts scripts) {}

    ProcessTask(
            Launches launches, LiveRuns live, Programs programs, ExecCopies copies, Gates gates) {
        this.launches = launches;
        this.live = live;
        this.programs = programs;
        this.copies = copies;
        this.people = gates.people();
        this.allowed = gates.allowed();
        this.elevated = gates.elevated();
        this.signatures = gates.signatures();
        this.scripts = gates.scripts();
    }

    TaskOutcome once(Run run, Task.Program process, Duration limit) throws InterruptedException {
        try {
            Path program = programs.find(process);
            if (process.signed()) {
                signatures.check(program);
            }
            List<String> argv = new ArrayList<>();
            argv.add(String.valueOf(program.getFileName()));
            for (String argument : process.arguments()) {
                argv.add(run.context().filled(argument));
            }
            if (Programs.startsShell(program.toString(), argv.subList(1, argv.size()))) {
                return TaskOutcome.failed(
                        "a shell is not run by a job, by `" + argv.get(0) + "` neither");
            }
            if (process.as() == Task.As.SERVICE) {
                scripts.check(program, argv.subList(1, argv.size()));
            }
            Map<String, String> more = new LinkedHashMap<>();
            for (var variable : process.environment().entrySet()) {
                String value = run.context().filled(variable.getValue());
                String fault = Environment.fault(variable.getKey(), value);
                if (!fault.isEmpty()) {
                    return TaskOutcome.failed(fault);
                }
                more.put(variable.getKey(), value);
            }
            return switch (process.as()) {
                case SERVICE -> launched(run, process, people.agent(), program, argv, more, limit);
                case USER, USER_DESKTOP -> asUser(run, process, program, argv, more, limit);
                case USER_ELEVATED -> asElevated(run, process, program, argv, more, limit);
            };
        } catch (IOException | Context.NoValue | NameServiceException e) {
            return TaskOutcome.failed(String.valueOf(e.getMessage()));
        }
    }

    private TaskOutcome asUser(
            Run run,
            Task.Program process,
            Path program,
            List<String> argv,
            Map<String, String> more,
            Duration limit)
            throws IOException, NameServiceException, InterruptedException {
        Person person = people.userOf(run, process.as() == Task.As.USER_DESKTOP);
        Optional<String> refusal = allowed.refusal(program, person.name());
        if (refusal.isPresent()) {
            return TaskOutcome.failed(refusal.get());
        }
        Path readable = programs.isOurs(program) ? copies.of(program) : program;
        return launched(run, process, person, readable, argv, more, limit);
    }

    private TaskOutcome asElevated(
            Run run,
            Task.Program process,
            Path program,
            List<String> argv,
            Map<String, String> more,
            Duration limit)
            throws IOException, InterruptedException {
        Person asker = people.userOf(run, false);
        LaunchAnswer answer = elevated.ask(run, asker, program, argv);
        if (!(answer instanceof LaunchAnswer.Run granted)) {
            return TaskOutcome.failed(Elevated.refusal(answer));
        }
        long begun = System.nanoTime();
        TaskOutcome outcome = TaskOutcome.failed("not launched");
        try {
            Duration right = granted.conditions().validFor();
            outcome =
                    launched(
                            run,
                            process,
                            people.named(granted.conditions().runAs()),
                            program,
                            granted.conditions().argv(),
                            more,
                            right.compareTo(limit) < 0 ? right : limit,
                            identity -> elevated.binds(granted.grantId(), identity));
            return outcome;
        } finally {
            elevated.ended(granted.grantId(), outcome, begun);
        }
    }

    private TaskOutcome launched(
            Run run,
            Task.Program process,
            Person person,
            Path program,
            List<String> argv,
            Map<String, String> more,
            Duration limit)
            throws IOException, InterruptedException {
        return launched(run, process, person, program, argv, more, limit, identity -> {});
    }

    private TaskOutcome launched(
            Run run,
            Task.Program process,
            Person person,
            Path program,
            List<String> argv,
            Map<String, String> more,
            Duration limit,
            Launcher.Witness witness)
            throws IOException, InterruptedException {
        JobDocument job = run.job();
        Map<String, String> environment =
                new LinkedHashMap<>(Environment.of(person.name(), person.home(), person.shell()));
        environment.putAll(person.session());
        environment.putAll(more);
        if (job.declaresTopics()) {
            environment.put("KEEPER_JOB_ID", job.id());
            environment.put("KEEPER_JOB_NAME", job.name());
            environment.put("KEEPER_RUN_ID", run.id());
        }
        boolean own = process.as() == Task.As.SERVICE;
        Launches.Component component =
                new Launches.Component(
                        "job:" + job.id() + ":" + run.id(),
                        own ? Launches.Reach.PLUGIN : Launches.Reach.USER,
                        job.topics(),
                        job.declaresTopics() || process.callsApi());
        LaunchOrder order =
                new LaunchOrder(
                        name(job.id()),
                        program,
                        argv,
                        environment,
                        Path.of("/"),
                        person.user(),
                        LIMITS.withFileBytes(process.fileBytes()),
                        // What goes into the context is standard output alone.
                        process.partsErrors());
        Launcher.Child child =
                launches.launch(
                        component,
                        order,
                        identity -> {
                            onRecord(run, identity);
                            witness.sees(identity);
                        });
        return new Watched(run, child, order.limits()).toItsEnd(limit);
    }

    /** INVARIANT: what runs is in the store, so that an agent that is killed leaves nothing. */
    private void onRecord(Run run, Launcher.Identity identity) throws IOException {
        try {
            live.process(run, identity);
        } catch (StorageException e) {
            throw new IOException("its process can't be put on record: " + e.getMessage(), e);
        }
    }

    private static String name(String jobId) {
        String name = "job." + jobId;
        return name.length() > 100 ? name.substring(0, 100) : name;
    }
}
