package io.kepm.audit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.kepm.api.audit.AuditEntry;
import io.kepm.api.audit.AuditPart;
import io.kepm.api.audit.AuditQuery;
import io.kepm.api.storage.Storage;
import io.kepm.api.storage.StorageException;
import java.lang.reflect.Proxy;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

class PagesAheadTest {

    /** Reads so many records. */
    private interface Reading {
        List<AuditEntry> audit(AuditQuery query) throws StorageException;
    }

    private static Storage storage(Reading reading) {
        return (Storage)
                Proxy.newProxyInstance(
                        Storage.class.getClassLoader(),
                        new Class<?>[] {Storage.class},
                        (proxy, method, arguments) -> {
                            if (!method.getName().equals("auditSearch")) {
                                throw new AssertionError(method);
                            }
                            AuditQuery query = (AuditQuery) arguments[0];
                            return AuditPart.whole(query, reading.audit(query));
                        });
    }

    private static List<AuditEntry> records(AuditQuery query, long last) {
        return LongStream.rangeClosed(query.after() + 1, last)
                .limit(query.limit())
                .mapToObj(seq -> new AuditEntry(seq, Instant.EPOCH, "", "", ""))
                .toList();
    }

    @Test
    void each_record_comes_once_and_in_its_order() throws StorageException {
        List<Long> seen = new ArrayList<>();
        try (PagesAhead pages = new PagesAhead(storage(query -> records(query, 10)), 4)) {
            long last = 0;
            for (List<AuditEntry> page = pages.after(last);
                    !page.isEmpty();
                    page = pages.after(last)) {
                page.forEach(entry -> seen.add(entry.seq()));
                last = page.get(page.size() - 1).seq();
            }
        }
        assertThat(seen).isEqualTo(LongStream.rangeClosed(1, 10).boxed().toList());
    }

    @Test
    void the_next_two_pages_are_read_while_one_is_looked_at() throws Exception {
        CountDownLatch next = new CountDownLatch(2);
        Reading reading =
                query -> {
                    if (query.after() == 4 || query.after() == 8) {
                        next.countDown();
                    }
                    return records(query, 10);
                };
        try (PagesAhead pages = new PagesAhead(storage(reading), 4)) {
            pages.after(0);
            assertThat(next.await(60, TimeUnit.SECONDS)).isTrue();
        }
    }

    @Test
    void each_page_is_read_once() throws Exception {
        Queue<Long> asked = new ConcurrentLinkedQueue<>();
        Reading reading =
                query -> {
                    asked.add(query.after());
                    return records(query, 40);
                };
        try (PagesAhead pages = new PagesAhead(storage(reading), 4)) {
            for (long last = 0; last < 40; last += 4) {
                assertThat(pages.after(last)).hasSize(4);
            }
        }
        assertThat(asked).doesNotHaveDuplicates();
    }

    @Test
    void a_page_that_was_not_asked_for_is_not_given() throws StorageException {
        try (PagesAhead pages = new PagesAhead(storage(query -> records(query, 10)), 4)) {
            pages.after(0);
            assertThat(pages.after(7)).extracting(AuditEntry::seq).containsExactly(8L, 9L, 10L);
        }
    }

    @Test
    void what_can_not_be_read_is_told_at_its_own_page() throws StorageException {
        Reading reading =
                query -> {
                    if (query.after() == 4) {
                        throw new StorageException("record 5 is damaged");
                    }
                    return records(query, 10);
                };
        try (PagesAhead pages = new PagesAhead(storage(reading), 4)) {
            assertThat(pages.after(0)).hasSize(4);
            assertThatThrownBy(() -> pages.after(4))
                    .isInstanceOf(StorageException.class)
                    .hasMessage("record 5 is damaged");
        }
    }
}
