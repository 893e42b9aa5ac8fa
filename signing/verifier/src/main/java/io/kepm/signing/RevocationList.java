package io.kepm.signing;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What was taken back, as a document: a first line that says what it is, a second one with its
 * revision, then thumbprints of certificates, SHA-256 of files or of the manifests of signed jars,
 * one a line; {@code #} begins a remark.
 *
 * @param revision rises with every list that is signed
 * @param revoked in the one form of {@link Signers#plain}
 */
public record RevocationList(long revision, Set<String> revoked) {

    public static final int MAX_BYTES = 1 << 20;

    /** Before there is one. */
    public static final RevocationList NONE = new RevocationList(0, Set.of());

    /** INVARIANT: nothing else that somebody signed begins so. */
    private static final String FIRST = "KEPM revocations";

    private static final Pattern SECOND = Pattern.compile("revision ([1-9][0-9]{0,17})");

    public RevocationList {
        revoked = Set.copyOf(revoked);
    }

    /**
     * Reads one, strictly: what can't be understood takes nothing back.
     *
     * @throws IllegalArgumentException when it is none, and why
     */
    public static RevocationList read(byte[] text) {
        List<String> lines = new String(text, StandardCharsets.UTF_8).lines().toList();
        if (text.length > MAX_BYTES || lines.size() < 2 || !lines.get(0).equals(FIRST)) {
            throw new IllegalArgumentException(
                    "it is no list of revocations: its first line has to be `" + FIRST + "`");
        }
        Matcher second = SECOND.matcher(lines.get(1));
        if (!second.matches()) {
            throw new IllegalArgumentException("its second line has to be `revision NUMBER`");
        }
        Set<String> revoked = new LinkedHashSet<>();
        for (int i = 2; i < lines.size(); i++) {
            String plain = Signers.plain(lines.get(i).split("#", 2)[0]);
            if (!plain.isEmpty() && !Signers.isThumbprint(plain)) {
                throw new IllegalArgumentException("its line " + (i + 1) + " is no thumbprint");
            }
            if (!plain.isEmpty()) {
                revoked.add(plain);
            }
        }
        return new RevocationList(Long.parseLong(second.group(1)), revoked);
    }
}
