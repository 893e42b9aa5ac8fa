package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.elevation.UnheardNews.News;
import org.junit.jupiter.api.Test;

class UnheardNewsTest {

    private final UnheardNews unheard = new UnheardNews();

    private static News news(long uid, String about) {
        return new News(
                about,
                uid,
                "news of " + about,
                outcome -> AuditDraft.of(AuditType.USER_INTERACTION, outcome));
    }

    @Test
    void of_one_person_the_newest_are_kept_and_of_all_no_flood() {
        for (int i = 0; i < 20; i++) {
            unheard.keep(news(1, "r" + i));
        }
        assertThat(unheard.first(1).orElseThrow().about()).isEqualTo("r12");
        for (long uid = 2; uid < 1000; uid++) {
            unheard.keep(news(uid, "r"));
        }
        assertThat(unheard.people()).hasSize(1 + UnheardNews.MOST - UnheardNews.MOST_OF_ONE);
    }

    @Test
    void what_is_heard_or_not_so_any_more_makes_room() {
        News first = news(1, "a");
        unheard.keep(first);
        unheard.keep(news(1, "b"));
        unheard.heard(first);
        unheard.heard(first);
        unheard.forget(1, "b");
        unheard.forget(2, "b");
        assertThat(unheard.people()).isEmpty();
        for (long uid = 1; uid <= 1000; uid++) {
            unheard.keep(news(uid, "r"));
        }
        assertThat(unheard.people()).hasSize(UnheardNews.MOST);
    }
}
