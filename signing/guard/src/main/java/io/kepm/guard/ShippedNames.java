package io.kepm.guard;

import io.kepm.signing.DigestList;
import io.kepm.signing.Shipped;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The names of the distribution, read once, when they are first asked for. */
final class ShippedNames implements HotBundles.Names {

    private final List<Path> jars;
    private @Nullable Shipped read;

    ShippedNames(Path lib, DigestList list) {
        jars =
                list.digests().keySet().stream()
                        .filter(path -> path.endsWith(".jar"))
                        .map(lib::resolve)
                        .toList();
    }

    @Override
    public synchronized Shipped read() throws IOException {
        Shipped known = read;
        if (known == null) {
            known = Shipped.of(jars);
            read = known;
        }
        return known;
    }
}
