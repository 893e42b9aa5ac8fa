package io.kepm.policy;

import io.kepm.api.policy.Evaluation;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The last set that was well, as it is kept in the store: the texts themselves, so that a later
 * version reads them with its own rules.
 */
record LastGoodSet(Evaluation.Revision revision, String loadedAt, List<PolicyText> texts) {

    private static final String FORM = "kepm-policy-set-1";

    LastGoodSet {
        texts = List.copyOf(texts);
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(new GZIPOutputStream(bytes))) {
            out.writeUTF(FORM);
            out.writeLong(revision.number());
            out.writeUTF(revision.sha256());
            out.writeUTF(loadedAt);
            out.writeInt(texts.size());
            for (PolicyText text : texts) {
                out.writeUTF(text.name());
                out.writeInt(text.bytes().length);
                out.write(text.bytes());
            }
        } catch (IOException e) {
            throw new IllegalStateException("memory does not fail to be written", e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads what {@link #toBytes} wrote.
     *
     * @throws IOException when it is something else
     */
    static LastGoodSet of(byte[] bytes) throws IOException {
        try (DataInputStream in =
                new DataInputStream(new GZIPInputStream(new ByteArrayInputStream(bytes)))) {
            if (!in.readUTF().equals(FORM)) {
                throw new IOException("the kept policy set has an unknown form");
            }
            Evaluation.Revision revision = new Evaluation.Revision(in.readLong(), in.readUTF());
            String loadedAt = in.readUTF();
            int count = in.readInt();
            List<PolicyText> texts = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                String name = in.readUTF();
                int length = in.readInt();
                if (length < 0 || length > JsonText.MAX_BYTES) {
                    throw new IOException("the kept policy set is damaged");
                }
                texts.add(new PolicyText(name, in.readNBytes(length)));
            }
            // The check sum stands at the end, and is compared when that is reached.
            if (in.read() != -1) {
                throw new IOException("the kept policy set is damaged");
            }
            return new LastGoodSet(revision, loadedAt, texts);
        }
    }
}
