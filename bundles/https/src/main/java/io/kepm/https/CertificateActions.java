package io.kepm.https;

import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The certificate of the doors: shown, and made or read anew. */
final class CertificateActions {

    private static final Logger LOG = LoggerFactory.getLogger(CertificateActions.class);

    private final ShownCertificate shown;

    CertificateActions(ShownCertificate shown) {
        this.shown = shown;
    }

    Answer show(Call call) {
        return shown.current()
                .map(current -> Answer.ok(json(current, shown.state())))
                .orElseGet(CertificateActions::notYet);
    }

    private static Answer notYet() {
        return Answer.problem(503, "the certificate is not made yet: wait a moment")
                .with("Retry-After", "1");
    }

    Answer rotate(Call call) {
        if (shown.current().isEmpty()) {
            return notYet();
        }
        try {
            ShownCertificate.State state = shown.rotate();
            ServerCertificate current = shown.current().orElseThrow();
            return Answer.ok(json(current, state)).noted("now " + current.fingerprint());
        } catch (GeneralSecurityException | IOException e) {
            LOG.warn("the certificate could not be replaced", e);
            return Answer.problem(
                    500, "the certificate could not be replaced: see the agent's log");
        }
    }

    private static Map<String, Object> json(
            ServerCertificate current, ShownCertificate.State state) {
        X509Certificate certificate = current.certificate();
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("source", state.custom() ? "custom" : "own");
        json.put("trouble", state.trouble());
        json.put("subject", certificate.getSubjectX500Principal().getName());
        json.put("issuer", certificate.getIssuerX500Principal().getName());
        json.put("names", names(certificate));
        json.put("serial", certificate.getSerialNumber().toString(16));
        json.put("from", certificate.getNotBefore().toInstant().toString());
        json.put("to", certificate.getNotAfter().toInstant().toString());
        json.put("sha256", current.fingerprint());
        json.put("key", certificate.getPublicKey().getAlgorithm());
        return json;
    }

    private static List<String> names(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            if (all != null) {
                all.forEach(name -> names.add(String.valueOf(name.get(1))));
            }
        } catch (CertificateParsingException e) {
            LOG.debug("the names of the certificate can't be read", e);
        }
        return names;
    }
}
