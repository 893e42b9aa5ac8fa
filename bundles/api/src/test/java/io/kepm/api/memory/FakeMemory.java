package io.kepm.api.memory;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.objectweb.asm.ClassReader;
import org.objectweb.asm.ClassVisitor;
import org.objectweb.asm.ClassWriter;
import org.objectweb.asm.Handle;
import org.objectweb.asm.MethodVisitor;
import org.objectweb.asm.Opcodes;

/**
 * Memory that runs out at a chosen place: a loader of our classes that has them count before
 * everything that may allocate (an object, an array, a lambda, a call into a library that gives
 * something). Tests and fakes are loaded as they are. One thread at a time.
 */
public final class FakeMemory extends ClassLoader {

    private static @Nullable Thread thread;
    private static long left;
    private static boolean forGood;

    public FakeMemory() {
        super(FakeMemory.class.getClassLoader());
    }

    /**
     * From now on the calling thread runs out of memory.
     *
     * @param place before so many allocations more; from 1
     * @param stays whether nothing can be allocated from then on, or it was only this once
     */
    public static void runOutAt(long place, boolean stays) {
        left = place;
        forGood = stays;
        thread = Thread.currentThread();
    }

    /** There is memory again; whether it had run out. */
    public static boolean isBack() {
        thread = null;
        return left <= 0;
    }

    /** What instrumented classes call. */
    public static void count() {
        if (Thread.currentThread() == thread) {
            left--;
            if (left == 0 || left < 0 && forGood) {
                throw new OutOfMemoryError("of a test");
            }
        }
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith("io.kepm.") || name.equals(FakeMemory.class.getName())) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> known = findLoadedClass(name);
            return known == null ? findClass(name) : known;
        }
    }

    @Override
    protected Class<?> findClass(String name) throws ClassNotFoundException {
        URL place = getParent().getResource(name.replace('.', '/') + ".class");
        if (place == null) {
            throw new ClassNotFoundException(name);
        }
        try (InputStream in = place.openStream()) {
            byte[] bytes = in.readAllBytes();
            boolean ofTests = place.getPath().matches(".*(/test-classes/|-tests\\.jar).*");
            byte[] defined = ofTests ? bytes : counting(bytes);
            return defineClass(name, defined, 0, defined.length);
        } catch (IOException e) {
            throw new ClassNotFoundException(name, e);
        }
    }

    private static byte[] counting(byte[] bytes) {
        ClassReader reader = new ClassReader(bytes);
        ClassWriter writer = new ClassWriter(reader, 0);
        reader.accept(
                new ClassVisitor(Opcodes.ASM9, writer) {
                    @Override
                    public MethodVisitor visitMethod(
                            int access,
                            String name,
                            String descriptor,
                            String signature,
                            String[] exceptions) {
                        return new Counting(
                                super.visitMethod(access, name, descriptor, signature, exceptions));
                    }
                },
                0);
        return writer.toByteArray();
    }

    /** Counts before each instruction that may allocate. */
    private static final class Counting extends MethodVisitor {

        /** Often called, and seldom or never with anything new. */
        private static final Set<String> IDLE =
                Set.of("append", "get", "next", "orElse", "iterator", "requireNonNull");

        Counting(MethodVisitor next) {
            super(Opcodes.ASM9, next);
        }

        private void before() {
            super.visitMethodInsn(
                    Opcodes.INVOKESTATIC,
                    FakeMemory.class.getName().replace('.', '/'),
                    "count",
                    "()V",
                    false);
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            if (opcode == Opcodes.ANEWARRAY) {
                before();
            }
            super.visitTypeInsn(opcode, type);
            if (opcode == Opcodes.NEW) {
                // After it: frames name an object that is not whole by the place of this word.
                before();
            }
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            if (opcode == Opcodes.NEWARRAY) {
                before();
            }
            super.visitIntInsn(opcode, operand);
        }

        @Override
        public void visitMultiANewArrayInsn(String descriptor, int dimensions) {
            before();
            super.visitMultiANewArrayInsn(descriptor, dimensions);
        }

        @Override
        public void visitInvokeDynamicInsn(
                String name, String descriptor, Handle method, Object... arguments) {
            before();
            super.visitInvokeDynamicInsn(name, descriptor, method, arguments);
        }

        @Override
        public void visitMethodInsn(
                int opcode, String owner, String name, String descriptor, boolean isInterface) {
            boolean gives = descriptor.contains(")L") || descriptor.contains(")[");
            if (!owner.startsWith("io/kepm/")
                    && (gives || name.startsWith("add"))
                    && !IDLE.contains(name)) {
                before();
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }
    }
}
