package io.kepm.jobs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.kepm.api.jobs.JobFault;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The parameters of a run, checked against what the job declares, with what is absent filled in.
 */
record Given(ObjectNode values, List<JobFault> faults) {

    static Given of(JobDocument job, Map<String, Object> given) {
        List<JobFault> faults = new ArrayList<>();
        ObjectNode values = JsonText.object();
        for (String name : given.keySet()) {
            if (job.parameters().stream().noneMatch(one -> one.name().equals(name))) {
                String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
                faults.add(
                        new JobFault(
                                "/" + shown.replace("~", "~0").replace("/", "~1"),
                                "this job has no such parameter"));
            }
        }
        for (Parameter parameter : job.parameters()) {
            Object value = given.get(parameter.name());
            if (value != null && !(value instanceof Optional<?>)) {
                parameter
                        .fault(value)
                        .ifPresent(
                                fault -> faults.add(new JobFault("/" + parameter.name(), fault)));
                values.set(parameter.name(), JsonText.of(value));
            } else if (parameter.absent().isPresent()) {
                values.set(parameter.name(), JsonText.of(typed(parameter)));
            } else if (parameter.required()) {
                faults.add(new JobFault("/" + parameter.name(), "it is needed"));
            }
        }
        return new Given(values, faults);
    }

    private static Object typed(Parameter parameter) {
        String text = parameter.absent().orElse("");
        return switch (parameter.type()) {
            case INT -> (Object) Long.valueOf(text);
            case BOOL -> Boolean.valueOf(text);
            default -> text;
        };
    }

    /** Texts, as a job gives them to another, as what the parameters ask for. */
    static Map<String, Object> fromTexts(JobDocument job, Map<String, String> texts) {
        Map<String, Object> given = new java.util.LinkedHashMap<>(texts);
        for (Parameter parameter : job.parameters()) {
            String text = texts.get(parameter.name());
            if (text != null
                    && parameter.type() == Parameter.Type.INT
                    && text.matches("-?\\d{1,18}")) {
                given.put(parameter.name(), Long.valueOf(text));
            } else if (text != null
                    && parameter.type() == Parameter.Type.BOOL
                    && List.of("true", "false").contains(text)) {
                given.put(parameter.name(), Boolean.valueOf(text));
            }
        }
        return given;
    }
}
