package io.kepm.cli;

import io.kepm.cli.json.Json;
import io.kepm.policy.CaseFile;
import io.kepm.policy.DraftCheck;
import io.kepm.policy.Fault;
import io.kepm.policy.PolicyCheck;
import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** The agent's own policy code, run here. */
final class EngineDesk implements PolicyDesk {

    @Override
    public Json check(List<Path> paths, Set<String> lockouts) throws IOException {
        for (Path path : paths) {
            readable(path);
        }
        PolicyCheck.Result result = new PolicyCheck().check(paths, lockouts);
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("ok", Json.of(result.isOk()));
        json.put("policies", Json.of(result.policies()));
        json.put("errors", json(result.errors()));
        json.put("warnings", json(result.warnings()));
        return Json.object(json);
    }

    @Override
    public Json test(Path file) throws IOException {
        readable(file);
        if (Files.isDirectory(file)) {
            throw new IOException("it is a folder, not a file of cases");
        }
        CaseFile cases = new CaseFile(file.toAbsolutePath());
        CaseFile.Report report =
                YamlCases.isYaml(file) ? cases.run(YamlCases.json(file)) : cases.run();
        List<Json> failed = new ArrayList<>();
        for (CaseFile.Result result : report.results()) {
            if (!result.held()) {
                Map<String, Json> one = new LinkedHashMap<>();
                one.put("name", Json.of(result.name()));
                one.put("explanation", Json.of(result.message()));
                failed.add(Json.object(one));
            }
        }
        Map<String, Json> json = new LinkedHashMap<>();
        json.put("cases", Json.of(report.results().size()));
        json.put("failed", Json.list(failed));
        json.put("errors", json(report.faults()));
        return Json.object(json);
    }

    @Override
    public List<String> refusals(Json policy) {
        return DraftCheck.faults(policy.toString()).stream().map(Fault::text).toList();
    }

    private static void readable(Path path) throws IOException {
        // Says whether it is not there or only not to be seen.
        Files.readAttributes(path, BasicFileAttributes.class);
        if (!Files.isReadable(path)) {
            throw new AccessDeniedException(path.toString());
        }
    }

    private static Json json(List<Fault> faults) {
        List<Json> list = new ArrayList<>();
        for (Fault fault : faults) {
            Map<String, Json> one = new LinkedHashMap<>();
            one.put("file", Json.of(fault.file()));
            one.put("policyId", Json.of(fault.policyId()));
            one.put("field", Json.of(fault.field()));
            one.put("message", Json.of(fault.message()));
            list.add(Json.object(one));
        }
        return Json.list(list);
    }
}
