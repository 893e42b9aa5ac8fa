package io.kepm.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Turns the texts of a folder into a set, whole or not at all. What comes out does not depend on
 * how many threads read: each file is read by itself, and the results are joined in their order.
 */
final class PolicyLoader {

    static final int MAX_POLICIES = 200_000;
    static final long MAX_TOTAL = 64L * 1024 * 1024;

    /** So many bytes are worth a second thread. */
    private static final long MANY = 256 * 1024;

    private final Faults faults;
    private final Gatherings gatherings = new Gatherings();
    private final CanonicalContent content = new CanonicalContent();
    private final List<PolicyDocument> documents = new ArrayList<>();

    private PolicyLoader(Faults faults) {
        this.faults = faults;
    }

    /** What one file holds. */
    private record FileContent(
            List<PolicyDocument> documents, CanonicalContent content, Faults faults) {}

    /** The set; of no use when the faults are not empty afterwards. */
    static PolicySet load(List<PolicyText> texts, Faults faults) {
        PolicyLoader loader = new PolicyLoader(faults);
        loader.read(texts);
        return faults.isEmpty()
                ? new PolicySet(loader.documents, loader.content.sha256())
                : PolicySet.EMPTY;
    }

    /** Reads without building a set: the documents that are well by themselves. */
    static List<PolicyDocument> documents(List<PolicyText> texts, Faults faults) {
        PolicyLoader loader = new PolicyLoader(faults);
        loader.read(texts);
        return List.copyOf(loader.documents);
    }

    private void read(List<PolicyText> texts) {
        long bytes = texts.stream().mapToLong(text -> text.bytes().length).sum();
        if (bytes > MAX_TOTAL) {
            faults.add(new Fault("", "", "", "the policy files are larger than 64 MiB together"));
            return;
        }
        List<PolicyText> policies = new ArrayList<>(texts.size());
        for (PolicyText text : texts) {
            if (text.name().equals(PolicyFiles.COLLECTIONS)) {
                Place place = new Place(faults, text.name(), "", "");
                JsonText.read(text.bytes(), place)
                        .ifPresent(
                                node -> {
                                    gatherings.define(node, place);
                                    content.addCollections(node);
                                });
            } else {
                policies.add(text);
            }
        }
        gatherings.resolveAll();
        policies(policies, bytes > MANY);
        uniqueIds();
    }

    private void policies(List<PolicyText> texts, boolean many) {
        FileContent[] read = new FileContent[texts.size()];
        TwoThreads.each(texts.size(), many, i -> read[i] = content(texts.get(i)));
        for (int i = 0; i < texts.size(); i++) {
            FileContent file = read[i];
            documents.addAll(file.documents());
            content.addAll(file.content());
            faults.addAll(file.faults());
            if (documents.size() > MAX_POLICIES) {
                faults.add(
                        new Fault(
                                texts.get(i).name(),
                                "",
                                "",
                                "more than " + MAX_POLICIES + " policies in all"));
            }
        }
    }

    private FileContent content(PolicyText text) {
        Faults own = new Faults();
        CanonicalContent canonical = new CanonicalContent();
        List<PolicyDocument> parsed = new ArrayList<>();
        Place place = new Place(own, text.name(), "", "");
        JsonText.read(text.bytes(), place)
                .ifPresent(
                        node -> {
                            parsed.addAll(PolicyParser.parse(node, gatherings, place));
                            canonical.addPolicies(node);
                        });
        return new FileContent(parsed, canonical, own);
    }

    private void uniqueIds() {
        Map<String, String> fileById = new HashMap<>();
        for (PolicyDocument document : documents) {
            String other = fileById.putIfAbsent(document.id(), document.file());
            if (other != null) {
                faults.add(
                        new Fault(
                                document.file(),
                                document.id(),
                                "PolicyId",
                                "a second policy with this id; the other stands in " + other));
            }
        }
    }
}
