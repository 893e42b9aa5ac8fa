package io.kepm.policy;

/**
 * One thing that is wrong with a policy file, or worth a second look.
 *
 * @param file name of the file; empty when no single file is at fault
 * @param policyId empty when it is not known
 * @param field path to the field, such as {@code Extension.Commands[0].Args[2]}; may be empty
 * @param message what is wrong, and what is known
 */
public record Fault(String file, String policyId, String field, String message) {

    /** One line: file, policy, field, message. */
    public String text() {
        StringBuilder out = new StringBuilder();
        if (!file.isEmpty()) {
            out.append(file).append(": ");
        }
        if (!policyId.isEmpty()) {
            out.append("policy ").append(Place.quoted(policyId)).append(": ");
        }
        if (!field.isEmpty()) {
            out.append(field).append(": ");
        }
        return out.append(message).toString();
    }
}
