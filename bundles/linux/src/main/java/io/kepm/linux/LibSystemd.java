package io.kepm.linux;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import com.sun.jna.ptr.PointerByReference;
import org.jspecify.annotations.Nullable;

/**
 * The part of sd-bus (sd-bus(3)) that asks the service manager for something. Loaded at the first
 * use, by whoever knows that there is a service manager: systems without one work without it.
 * Negative answers are errno. No function with a variable number of arguments is used.
 */
final class LibSystemd {

    static {
        Native.register(LibSystemd.class, "libsystemd.so.0");
    }

    private LibSystemd() {}

    static native int sd_bus_new(PointerByReference bus);

    static native int sd_bus_set_address(Pointer bus, byte[] address);

    static native int sd_bus_start(Pointer bus);

    static native int sd_bus_open_system(PointerByReference bus);

    static native @Nullable Pointer sd_bus_flush_close_unref(Pointer bus);

    static native int sd_bus_message_new_method_call(
            Pointer bus,
            PointerByReference message,
            byte[] destination,
            byte[] path,
            byte[] interfaceName,
            byte[] member);

    static native int sd_bus_message_append_basic(Pointer message, byte type, Pointer value);

    static native int sd_bus_message_open_container(Pointer message, byte type, byte[] contents);

    static native int sd_bus_message_close_container(Pointer message);

    static native @Nullable Pointer sd_bus_message_unref(Pointer message);

    static native int sd_bus_call(
            Pointer bus,
            Pointer message,
            long micros,
            Pointer error,
            @Nullable PointerByReference reply);

    static native void sd_bus_error_free(Pointer error);
}
