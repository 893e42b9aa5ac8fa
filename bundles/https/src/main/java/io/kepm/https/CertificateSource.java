package io.kepm.https;

import java.security.GeneralSecurityException;

/** Where the first certificate comes from. */
interface CertificateSource {

    /** Waits until it is made. */
    ServerCertificate get() throws GeneralSecurityException;
}
