package io.kepm.storage;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.AuthProvider;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.Provider;
import java.security.ProviderException;
import java.security.Security;
import java.util.Arrays;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.Pattern;
import javax.crypto.SecretKey;
import javax.security.auth.login.LoginException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A master key that is derived by an AES key inside a PKCS#11 token, which never leaves it
 * (docs/decisions/0011). The token is asked at a start and at a change of keys, and left alone in
 * between.
 *
 * @param module the token's PKCS#11 library
 * @param token label of the token
 * @param key label of the AES key in it
 * @param above the folder down to which no path is judged; {@code /}, but for tests
 */
record TokenKey(Path module, String token, String key, Path pinFile, Path above)
        implements GivenKey {

    private static final Logger LOG = LoggerFactory.getLogger(TokenKey.class);
    private static final int LONGEST_PIN = 255;

    /**
     * The PIN file that was refused, as it stood: it is not tried again, since a token locks itself
     * after a few wrong ones, and who wants the store may ask for it again and again.
     */
    private static final AtomicReference<Optional<SettingsFile.Stamp>> REFUSED =
            new AtomicReference<>(Optional.empty());

    private static final String WRONG_PIN = "CKR_PIN_INCORRECT";

    /** What the provider's own configuration takes as one word. */
    private static final Pattern WORD = Pattern.compile("[A-Za-z0-9/._+-]+");

    @Override
    public SecretKey read() throws StorageException {
        try {
            return derived(provider());
        } catch (GeneralSecurityException | IOException | ProviderException e) {
            throw new StorageException(
                    ("the master key of %s can't be had: %s; elevation is refused until the token"
                                    + " gives it")
                            .formatted(place(), reason(e)),
                    e);
        } catch (RuntimeException e) {
            // The provider tells what it does not like in many ways.
            throw new StorageException(
                    "the PKCS#11 library `%s` can't be used: %s".formatted(module, reason(e)), e);
        }
    }

    private Provider provider() throws IOException {
        Path library = RootedFile.of(module, above);
        if (!WORD.matcher(library.toString()).matches()) {
            throw new IOException("`" + library + "`: letters, digits and ._+- are allowed");
        }
        long slot = TokenSlots.of(library).holding(token);
        Provider base = Security.getProvider("SunPKCS11");
        if (base == null) {
            throw new IOException("this Java has no PKCS#11 (module jdk.crypto.cryptoki)");
        }
        return base.configure("--name=kepm\nlibrary=%s\nslot=%d\n".formatted(library, slot));
    }

    private SecretKey derived(Provider provider) throws GeneralSecurityException, IOException {
        char[] pin = pin();
        try {
            KeyStore keys = opened(provider, pin);
            if (!(keys.getKey(key, null) instanceof SecretKey found)
                    || !found.getAlgorithm().equals("AES")) {
                throw new IOException("it holds no AES key with this label");
            }
            if (found.getEncoded() != null) {
                LOG.warn("the key `{}` of the token could be taken out of it", key);
            }
            SecretKey master = KeyDerivation.of(provider, found);
            if (!MessageDigest.isEqual(
                    master.getEncoded(), KeyDerivation.of(provider, found).getEncoded())) {
                throw new IOException("it gives another answer each time");
            }
            return master;
        } finally {
            Arrays.fill(pin, '\0');
            logOut(provider);
        }
    }

    private KeyStore opened(Provider provider, char[] pin)
            throws GeneralSecurityException, IOException {
        Optional<SettingsFile.Stamp> stamp = new SettingsFile(pinFile).stamp();
        if (stamp.isPresent() && stamp.equals(REFUSED.get())) {
            throw new IOException("the PIN is wrong, and not tried again until its file changes");
        }
        KeyStore keys = KeyStore.getInstance("PKCS11", provider);
        try {
            keys.load(null, pin);
        } catch (IOException e) {
            if (reason(e).contains(WRONG_PIN)) {
                REFUSED.set(stamp);
                throw new IOException("the PIN is wrong");
            }
            throw e;
        }
        return keys;
    }

    private static void logOut(Provider provider) {
        try {
            if (provider instanceof AuthProvider token) {
                token.logout();
            }
        } catch (LoginException e) {
            LOG.warn("the token could not be left: {}", e.toString());
        }
    }

    private char[] pin() throws IOException {
        Path file = RootedFile.secret(pinFile, above);
        if (Files.size(file) > LONGEST_PIN) {
            throw new IOException("the PIN in `" + file + "` is too long");
        }
        byte[] text = Files.readAllBytes(file);
        int length = text.length;
        while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == '\r')) {
            length--;
        }
        char[] pin = new char[length];
        for (int i = 0; i < length; i++) {
            pin[i] = (char) (text[i] & 0xff);
        }
        Arrays.fill(text, (byte) 0);
        if (length == 0) {
            throw new IOException("there is no PIN in `" + file + "`");
        }
        return pin;
    }

    /** The innermost one: what is around it says no more than that something failed. */
    private static String reason(Throwable e) {
        Throwable inner = e;
        while (inner.getCause() != null) {
            inner = inner.getCause();
        }
        String message = inner.getMessage();
        return message == null ? inner.getClass().getSimpleName() : message;
    }

    @Override
    public String place() {
        return "the key `%s` in the token `%s`".formatted(key, token);
    }

    @Override
    public String change() {
        return "name another one in `appsettings.json`, then rotate again before any restart";
    }
}
