package io.kepm.elevation;

import static org.assertj.core.api.Assertions.assertThat;

import io.kepm.api.audit.AuditDraft;
import io.kepm.api.audit.AuditType;
import io.kepm.elevation.UnheardNews.News;
import org.junit.jupiter.api.Test;

class UnheardNewsTest {

    private long nanos = -5;
    private final UnheardNews unheard = new UnheardNews(() -> nanos);

    private static News news(long uid, String about) {
        return new News(
                about,
                "user" + uid,
                uid,
                "news of " + about,
                outcome -> AuditDraft.of(AuditType.USER_INTERACTION, outcome));
    }

    @Test
    void of_one_person_and_of_all_the_newest_are_kept() {
        for (int i = 0; i < 20; i++) {
            unheard.keep(news(1, "r" + i));
        }
        assertThat(unheard.first(1).orElseThrow().about()).isEqualTo("r12");
        for (long uid = 2; uid < 1000; uid++) {
            nanos++;
            unheard.keep(news(uid, "r"));
        }
        assertThat(unheard.people()).hasSize(UnheardNews.MOST).contains(999L).doesNotContain(1L);
    }

    @Test
    void after_a_week_nothing_is_news_any_more() {
        unheard.keep(news(1, "a"));
        nanos += UnheardNews.LIFE.toNanos();
        unheard.keep(news(1, "b"));
        unheard.keep(news(2, "c"));
        assertThat(unheard.first(1).orElseThrow().about()).isEqualTo("a");
        nanos++;
        assertThat(unheard.people()).containsExactlyInAnyOrder(1L, 2L);
        assertThat(unheard.first(1).orElseThrow().about()).isEqualTo("b");
        nanos += UnheardNews.LIFE.toNanos();
        assertThat(unheard.people()).isEmpty();
        assertThat(unheard.first(1)).isEmpty();
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
