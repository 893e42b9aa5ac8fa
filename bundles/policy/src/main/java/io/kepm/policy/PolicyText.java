package io.kepm.policy;

import java.util.Arrays;
import java.util.List;

/** One file of policies as it was read: its name in the folder and its bytes. */
record PolicyText(String name, byte[] bytes) {

    /** Whether two lists hold the same names and bytes in the same order. */
    static boolean areSame(List<PolicyText> left, List<PolicyText> right) {
        boolean same = left.size() == right.size();
        for (int i = 0; i < left.size() && same; i++) {
            same =
                    left.get(i).name().equals(right.get(i).name())
                            && Arrays.equals(left.get(i).bytes(), right.get(i).bytes());
        }
        return same;
    }
}
