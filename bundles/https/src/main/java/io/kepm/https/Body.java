package io.kepm.https;

import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Request;

/** Reads the body of a request, up to a bound. */
final class Body {

    private Body() {}

    /** What was read. */
    sealed interface Result {
        /** All bytes, not looked at yet. */
        final class Whole implements Result {
            private final byte[] bytes;

            private Whole(byte[] bytes) {
                this.bytes = bytes;
            }

            /**
             * An absent body counts as an empty object.
             *
             * @param anyValue whether it may be a value that is no object
             */
            Result parsed(boolean anyValue) {
                try {
                    return new Json(bytes.length == 0 ? Map.of() : JsonText.read(bytes, anyValue));
                } catch (JsonText.Unreadable e) {
                    return new Unreadable(e.getMessage() == null ? "" : e.getMessage());
                }
            }
        }

        record Json(Map<String, Object> object) implements Result {}

        record TooLarge() implements Result {}

        record Unreadable(String why) implements Result {}
    }

    static Result read(Request request, int maxBytes) {
        try (InputStream in = Content.Source.asInputStream(request)) {
            // Room for what was announced, and one byte more: that there is none is seen too.
            long announced = Math.min(maxBytes, request.getLength());
            byte[] bytes = in.readNBytes((int) (announced < 0 ? maxBytes : announced) + 1);
            if (bytes.length > maxBytes) {
                return new Result.TooLarge();
            }
            return new Result.Whole(bytes);
        } catch (IOException e) {
            return new Result.Unreadable("the body does not arrive as announced");
        } catch (RuntimeException e) {
            // Jetty's word for a body that breaks HTTP, such as a bad chunk.
            if (e instanceof HttpException) {
                return new Result.Unreadable("the body is not framed as HTTP asks for");
            }
            throw e;
        }
    }
}
