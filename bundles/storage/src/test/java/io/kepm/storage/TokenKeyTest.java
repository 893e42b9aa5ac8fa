package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.kepm.api.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.Security;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A master key in a real token of PKCS#11: SoftHSM2, which the build's environment points to. */
class TokenKeyTest {

    private static final Path MODULE = Path.of("/usr/lib/softhsm/libsofthsm2.so");
    private static final String AES = "0f".repeat(32);

    @TempDir Path temp;
    private Path pin = Path.of("/");

    @BeforeAll
    static void token() throws Exception {
        if (!Files.exists(MODULE)) {
            System.err.println("SKIPPED: TokenKeyTest: there is no SoftHSM2 (package softhsm2)");
        }
        assumeTrue(Files.exists(MODULE), "there is no SoftHSM2 (package softhsm2)");
        Path configuration = Path.of(System.getenv("SOFTHSM2_CONF"));
        Path tokens = configuration.resolveSibling("tokens");
        if (Files.exists(tokens)) {
            try (Stream<Path> files = Files.walk(tokens)) {
                for (Path file : files.sorted(java.util.Comparator.reverseOrder()).toList()) {
                    Files.delete(file);
                }
            }
        }
        Files.createDirectories(tokens);
        Files.writeString(
                configuration,
                "directories.tokendir = " + tokens + "\nobjectstore.backend = file\n");
        for (String label : List.of("other", "kepm", "twice", "twice")) {
            run("--init-token", "--free", "--label", label, "--so-pin", "1234", "--pin", "5678");
        }
        Path aes = Files.write(tokens.resolveSibling("aes"), HexFormat.of().parseHex(AES));
        run(
                "--import",
                aes.toString(),
                "--aes",
                "--token",
                "kepm",
                "--label",
                "store-1",
                "--id",
                "01",
                "--pin",
                "5678");
        Files.write(aes, HexFormat.of().parseHex("1e".repeat(32)));
        run(
                "--import",
                aes.toString(),
                "--aes",
                "--token",
                "kepm",
                "--label",
                "store-2",
                "--id",
                "02",
                "--pin",
                "5678");
        Files.delete(aes);
    }

    private static void run(String... words) throws Exception {
        List<String> command = Stream.concat(Stream.of("softhsm2-util"), Stream.of(words)).toList();
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    @BeforeEach
    void pin() throws IOException {
        pin = temp.resolve("pin");
        pin("5678\n");
    }

    private void pin(String text) throws IOException {
        Files.deleteIfExists(pin);
        Files.writeString(pin, text);
        Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("r--------"));
    }

    private TokenKey key(String token, String label) {
        return new TokenKey(MODULE, token, label, pin, temp);
    }

    /** What Java makes of the same AES key: stores would not open any more if this changed. */
    @Test
    void the_token_derives_what_its_key_gives_anywhere_and_always() throws Exception {
        SecretKey aes = new SecretKeySpec(HexFormat.of().parseHex(AES), "AES");
        SecretKey known = KeyDerivation.of(Security.getProvider("SunJCE"), aes);
        assertThat(HexFormat.of().formatHex(known.getEncoded()))
                .isEqualTo("de9e119abf3ddceea0816c989cd8196fac54b007d7e809443154d9c978e2fc11");
        assertThat(key("kepm", "store-1").read().getEncoded()).isEqualTo(known.getEncoded());
        assertThat(key("kepm", "store-2").read().getEncoded()).isNotEqualTo(known.getEncoded());
    }

    @Test
    void the_key_moves_into_a_token_to_another_key_in_it_and_back() throws Exception {
        Path store = temp.resolve("KeeperStorage");
        try (SqliteStorage storage = open(store)) {
            storage.commit(Stores.put("x", "value"));
            name("store-1");
            assertThat(storage.rotateKeys().toString())
                    .contains("master key: now the key `store-1` in the token `kepm`");
        }
        assertThat(store.resolve(".master.key")).doesNotExist();
        try (SqliteStorage storage = open(store)) {
            assertThat(Stores.text(storage, "x")).contains("value");
            assertThat(storage.rotateKeys().toString()).contains("`store-1`").contains("unchanged");
            name("store-2");
            storage.rotateKeys();
        }
        name("store-1");
        assertThatThrownBy(() -> open(store))
                .isInstanceOf(StorageException.class)
                .hasMessageContaining("the master key is not this store's");
        name("store-2");
        try (SqliteStorage storage = open(store)) {
            assertThat(Stores.text(storage, "x")).contains("value");
            Files.delete(settings());
            assertThat(storage.rotateKeys()).contains("master key: new");
        }
        try (SqliteStorage storage = open(store)) {
            assertThat(Stores.text(storage, "x")).contains("value");
        }
    }

    @Test
    void ab_110_a_token_that_does_not_give_the_key_is_named_with_what_is_missing()
            throws Exception {
        refused(
                key("nowhere", "store-1"),
                "there is no such token; there are [kepm, other, twice]");
        refused(key("twice", "store-1"), "two tokens have this label");
        refused(key("kepm", "nothing"), "it holds no AES key with this label");
        refused(new TokenKey(temp.resolve("x.so"), "t", "k", pin, temp), "does not exist");
        Path text = Files.writeString(temp.resolve("text.so"), "no library");
        Files.setPosixFilePermissions(text, PosixFilePermissions.fromString("rwxr-xr-x"));
        refused(new TokenKey(text, "t", "k", pin, temp), "text.so");
        Files.setPosixFilePermissions(text, PosixFilePermissions.fromString("rwxrwxrwx"));
        refused(new TokenKey(text, "t", "k", pin, temp), "run `chmod 0755 " + text + "`");
    }

    @Test
    void ab_109_the_pin_is_roots_alone_and_is_never_repeated() throws Exception {
        Files.setPosixFilePermissions(pin, PosixFilePermissions.fromString("r--r--r--"));
        refused(key("kepm", "store-1"), "run `chmod 0400 " + pin + "`");
        pin("9753-canary\n");
        refused(key("kepm", "store-1"), "the PIN is wrong");
        refused(key("kepm", "store-1"), "not tried again until its file changes");
        pin("\n");
        refused(key("kepm", "store-1"), "there is no PIN in");
        pin("5678");
        assertThat(key("kepm", "store-1").read()).isNotNull();
    }

    private void refused(TokenKey key, String why) {
        assertThatThrownBy(key::read)
                .isInstanceOf(StorageException.class)
                .hasMessageContaining(why)
                .hasMessageNotContaining("canary");
    }

    private SqliteStorage open(Path store) throws StorageException {
        return StoreOpening.open(
                store,
                Optional.empty(),
                new NamedKey(new SettingsFile(settings()), temp),
                "0.1.0",
                InstantSource.system());
    }

    private Path settings() {
        return temp.resolve("appsettings.json");
    }

    private void name(String label) throws IOException {
        Files.writeString(
                settings(),
                """
                {"Settings": {"Storage": {"Pkcs11": {
                  "Module": "%s", "Token": "kepm", "Key": "%s", "PinFile": "%s"}}}}
                """
                        .formatted(MODULE, label, pin));
        Files.setPosixFilePermissions(settings(), PosixFilePermissions.fromString("rw-r--r--"));
    }
}
