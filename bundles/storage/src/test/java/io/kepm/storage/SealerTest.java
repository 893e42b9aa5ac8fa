package io.kepm.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.security.SecureRandom;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import javax.crypto.AEADBadTagException;
import javax.crypto.SecretKey;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;

class SealerTest {

    private static final SecretKey KEY = new SecretKeySpec(new byte[32], "AES");
    private final SecureRandom random = new SecureRandom();

    @Test
    void a_sealed_value_opens_at_its_place_and_nowhere_else() throws Exception {
        Sealer sealer = new Sealer(random);
        Place place = Place.item("GRANTS", new byte[] {1});
        byte[] sealed = sealer.seal(1, KEY, place, new byte[] {1, 2, 3});
        assertThat(sealer.open(KEY, place, sealed)).containsExactly(1, 2, 3);
        for (Place other :
                new Place[] {
                    Place.item("GRANTS", new byte[] {2}),
                    Place.item("GRANT", new byte[] {'S', 1}),
                    Place.head(),
                    Place.dataKey(1, "x")
                }) {
            assertThatThrownBy(() -> sealer.open(KEY, other, sealed))
                    .isInstanceOf(AEADBadTagException.class);
        }
    }

    @Test
    void any_flipped_bit_and_any_missing_byte_keeps_it_shut() throws Exception {
        Sealer sealer = new Sealer(random);
        byte[] sealed = sealer.seal(1, KEY, Place.head(), new byte[8]);
        for (int bit = 0; bit < sealed.length * 8; bit++) {
            byte[] flipped = sealed.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            if (bit / 8 >= 1 && bit / 8 <= 4) {
                // The key id: only names the key, which a DataKeys would not find.
                continue;
            }
            assertThatThrownBy(() -> sealer.open(KEY, Place.head(), flipped))
                    .isInstanceOf(AEADBadTagException.class);
        }
        for (int length = 0; length < sealed.length; length++) {
            byte[] cut = Arrays.copyOf(sealed, length);
            assertThatThrownBy(() -> sealer.open(KEY, Place.head(), cut))
                    .isInstanceOf(AEADBadTagException.class);
        }
    }

    @Test
    void no_nonce_is_used_twice() throws Exception {
        Sealer sealer = new Sealer(random);
        Set<String> nonces = new HashSet<>();
        for (int i = 0; i < 2_000; i++) {
            byte[] sealed = sealer.seal(1, KEY, Place.head(), new byte[0]);
            assertThat(nonces.add(Arrays.toString(Arrays.copyOfRange(sealed, 5, 17)))).isTrue();
        }
    }

    @Test
    void record_ids_are_of_version_7_and_rise_even_when_the_clock_falls() {
        RecordIds ids = new RecordIds(random);
        String last = "";
        for (int i = 0; i < 20_000; i++) {
            UUID id = ids.next(1_700_000_000_000L - i / 100);
            assertThat(id.version()).isEqualTo(7);
            assertThat(id.variant()).isEqualTo(2);
            assertThat(id.toString()).isGreaterThan(last);
            last = id.toString();
        }
    }
}
