package io.kepm.policy;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Turns the texts of a folder into a set, whole or not at all. */
final class PolicyLoader {

    static final int MAX_POLICIES = 200_000;
    static final long MAX_TOTAL = 64L * 1024 * 1024;

    private final Faults faults;
    private final Gatherings gatherings = new Gatherings();
    private final CanonicalContent content = new CanonicalContent();
    private final List<PolicyDocument> documents = new ArrayList<>();

    private PolicyLoader(Faults faults) {
        this.faults = faults;
    }

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
        if (texts.stream().mapToLong(text -> text.bytes().length).sum() > MAX_TOTAL) {
            faults.add(new Fault("", "", "", "the policy files are larger than 64 MiB together"));
            return;
        }
        for (PolicyText text : texts) {
            if (text.name().equals(PolicyFiles.COLLECTIONS)) {
                Place place = new Place(faults, text.name(), "", "");
                JsonText.read(text.bytes(), place)
                        .ifPresent(
                                node -> {
                                    gatherings.define(node, place);
                                    content.addCollections(node);
                                });
            }
        }
        gatherings.resolveAll();
        for (PolicyText text : texts) {
            if (!text.name().equals(PolicyFiles.COLLECTIONS)) {
                policies(text);
            }
        }
        uniqueIds();
    }

    private void policies(PolicyText text) {
        Place place = new Place(faults, text.name(), "", "");
        JsonText.read(text.bytes(), place)
                .ifPresent(
                        node -> {
                            documents.addAll(PolicyParser.parse(node, gatherings, place));
                            content.addPolicies(node);
                        });
        if (documents.size() > MAX_POLICIES) {
            place.refuse("more than " + MAX_POLICIES + " policies in all");
        }
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
