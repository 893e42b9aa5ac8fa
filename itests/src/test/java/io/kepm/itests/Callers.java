package io.kepm.itests;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Who calls whom in compiled classes, method references included: what is called in a way that no
 * class file shows, by reflection, is not seen.
 */
final class Callers {

    private final List<Call> calls = new ArrayList<>();
    private final List<Kind> kinds = new ArrayList<>();

    /** One method that calls another one; classes as their binary names with slashes. */
    record Call(String caller, String method, String owner, String name) {

        /** The class in whose file it is written. */
        String file() {
            return caller.replaceAll("\\$.*", "").replace('/', '.');
        }
    }

    /** What a class is a kind of. */
    private record Kind(String name, Set<String> above) {}

    /** All classes of all {@code target/classes} at these places. */
    static Callers of(List<Path> folders) throws IOException {
        Callers callers = new Callers();
        for (Path folder : folders) {
            try (Stream<Path> files = Files.walk(folder)) {
                files.filter(file -> file.toString().endsWith(".class")).forEach(callers::read);
            }
        }
        return callers;
    }

    private void read(Path file) {
        try {
            ClassReader reader = new ClassReader(Files.readAllBytes(file));
            Set<String> above = new TreeSet<>(Set.of(reader.getInterfaces()));
            above.add(reader.getSuperName() == null ? "" : reader.getSuperName());
            kinds.add(new Kind(reader.getClassName(), above));
            reader.accept(new Reader(reader.getClassName()), ClassReader.SKIP_DEBUG);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int size() {
        return kinds.size();
    }

    /** A class or interface, and all that is one, however far below. */
    Set<String> allThatAre(String name) {
        Set<String> all = new TreeSet<>(Set.of(name));
        boolean grew = true;
        while (grew) {
            grew = false;
            for (Kind kind : kinds) {
                if (kind.above().stream().anyMatch(all::contains)) {
                    grew |= all.add(kind.name());
                }
            }
        }
        return all;
    }

    List<Call> callsOf(String owner, Predicate<String> name) {
        Set<String> owners = allThatAre(owner);
        return calls.stream()
                .filter(call -> owners.contains(call.owner()) && name.test(call.name()))
                .toList();
    }

    /** The classes in whose files something is called. */
    Set<String> whoCalls(String owner, Predicate<String> name) {
        return callsOf(owner, name).stream()
                .map(Call::file)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private final class Reader extends ClassVisitor {
        private final String of;

        Reader(String of) {
            super(Opcodes.ASM9);
            this.of = of;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String method, String type, String signature, String[] thrown) {
            return new MethodVisitor(Opcodes.ASM9) {
                @Override
                public void visitMethodInsn(
                        int opcode, String owner, String name, String called, boolean isInterface) {
                    calls.add(new Call(of, method, owner, name));
                }

                @Override
                public void visitInvokeDynamicInsn(
                        String name, String called, Handle bootstrap, Object... arguments) {
                    for (Object argument : arguments) {
                        if (argument instanceof Handle handle) {
                            calls.add(new Call(of, method, handle.getOwner(), handle.getName()));
                        }
                    }
                }
            };
        }
    }
}
