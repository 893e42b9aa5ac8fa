package io.kepm.cli.verb;

import io.kepm.cli.Call;
import io.kepm.cli.Exit;
import io.kepm.cli.Fault;
import io.kepm.cli.Usage;
import io.kepm.cli.Verb;
import io.kepm.cli.agent.Agent;
import io.kepm.cli.json.Json;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * {@code kepm audit export}: records, oldest first, as JSON lines in the form that is chained, as
 * CSV or as CEF.
 */
public final class ExportAudit implements Verb {

    private static final int PAGE = 500;

    private RecordFormat format = RecordFormat.JSON;
    private int limit = PAGE;
    private long last;
    private long count;

    /** Where the lines go. */
    private interface Sink {
        void put(String line) throws IOException;
    }

    @Override
    public void declare(Usage usage) {
        AuditQuestion.declare(usage);
        usage.value("FILE", "--file", "-f").value("FORMAT", "--format");
    }

    @Override
    public int run(Call call) throws Fault {
        String word = call.given().value("--format").orElse("json");
        format = RecordFormat.of(word).orElseThrow(() -> call.usage("export.format", word));
        Optional<String> file = call.given().value("--file");
        if (file.isEmpty()) {
            copy(call, call.console()::line);
            return Exit.OK;
        }
        toFile(call, file.get());
        Map<String, Json> done = new LinkedHashMap<>();
        done.put("file", Json.of(file.get()));
        done.put("records", Json.of(count));
        if (!call.printed(Json.object(done))) {
            call.console().line(call.say("export.done", count, file.get()));
        }
        return Exit.OK;
    }

    private void toFile(Call call, String file) throws Fault {
        boolean whole = false;
        try (OutputStream out = new BufferedOutputStream(ExportFile.create(Path.of(file)))) {
            copyTo(call, out);
            out.flush();
            whole = true;
        } catch (IOException | InvalidPathException e) {
            throw call.failed("export.file", file, ExportFile.cause(e));
        } finally {
            if (!whole && count > 0) {
                call.console().error(call.say("export.part", file, count));
            }
        }
    }

    private void copyTo(Call call, OutputStream out) throws Fault {
        copy(call, line -> out.write((line + "\n").getBytes(StandardCharsets.UTF_8)));
    }

    private void copy(Call call, Sink sink) throws Fault {
        AuditQuestion question = new AuditQuestion(call);
        boolean more = true;
        try {
            Optional<String> head = format.head();
            if (head.isPresent()) {
                sink.put(head.get());
            }
            while (more && call.console().broken().isEmpty()) {
                more = page(call, question, sink);
                call.console().progress(call.say("export.working", count));
            }
        } catch (IOException e) {
            throw call.failed("export.write", ExportFile.cause(e));
        } finally {
            call.console().progress("");
        }
    }

    /** Copies one page; records that are too large together come in smaller pages. */
    private boolean page(Call call, AuditQuestion question, Sink sink) throws Fault, IOException {
        Json page;
        try {
            page = call.agent().inTurn(question.page(last, limit, "asc"), Agent.LONG);
        } catch (Fault.TooLarge fault) {
            if (limit == 1) {
                throw fault;
            }
            limit = limit / 2;
            return true;
        }
        long asked = last;
        List<Json> records = page.at("items").items();
        for (Json record : records) {
            long seq = record.at("seq").number(-1);
            if (seq <= last) {
                throw call.failed("export.order", last, seq);
            }
            sink.put(line(call, record));
            last = seq;
            count++;
        }
        // The agent looks for so long for each page: there may be none in it, and more behind it.
        long next = page.at("next").number(0);
        if (next > 0 && next <= asked) {
            throw call.failed("export.order", asked, next);
        }
        last = Math.max(last, next);
        return next > 0;
    }

    private String line(Call call, Json record) throws Fault {
        if (format == RecordFormat.JSON
                && call.screen().terminal()
                && call.given().value("--file").isEmpty()) {
            // The same values; only a terminal needs the further escapes.
            return record.toString();
        }
        try {
            return format.line(record);
        } catch (IllegalArgumentException e) {
            throw call.failed(
                    "export.record", record.at("seq").text(), String.valueOf(e.getMessage()));
        }
    }
}
