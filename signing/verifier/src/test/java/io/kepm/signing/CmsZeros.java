package io.kepm.signing;

import org.bouncycastle.asn1.ASN1EncodableVector;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1Set;
import org.bouncycastle.asn1.DEROctetString;
import org.bouncycastle.asn1.DERSequence;
import org.bouncycastle.asn1.DERSet;
import org.bouncycastle.asn1.DERTaggedObject;

/** Puts another signature value into a CMS. */
final class CmsZeros {

    private CmsZeros() {}

    static byte[] replaced(byte[] cms, byte[] signature) {
        try {
            ASN1Sequence info = ASN1Sequence.getInstance(cms);
            ASN1Sequence data =
                    ASN1Sequence.getInstance(
                            org.bouncycastle.asn1.ASN1TaggedObject.getInstance(info.getObjectAt(1))
                                    .getExplicitBaseObject());
            int last = data.size() - 1;
            ASN1Sequence signer =
                    ASN1Sequence.getInstance(
                            ASN1Set.getInstance(data.getObjectAt(last)).getObjectAt(0));
            ASN1EncodableVector parts = new ASN1EncodableVector();
            for (int i = 0; i < signer.size(); i++) {
                parts.add(
                        i == signer.size() - 1
                                ? new DEROctetString(signature)
                                : signer.getObjectAt(i));
            }
            ASN1EncodableVector all = new ASN1EncodableVector();
            for (int i = 0; i < last; i++) {
                all.add(data.getObjectAt(i));
            }
            all.add(new DERSet(new DERSequence(parts)));
            return new DERSequence(
                            new org.bouncycastle.asn1.ASN1Encodable[] {
                                info.getObjectAt(0),
                                new DERTaggedObject(true, 0, new DERSequence(all))
                            })
                    .getEncoded("DER");
        } catch (java.io.IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
