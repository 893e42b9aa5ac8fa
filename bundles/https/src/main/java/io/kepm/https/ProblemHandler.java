package io.kepm.https;

import org.eclipse.jetty.http.HttpVersion;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;

/** Answers for what Jetty itself refuses, in our form; nothing of the request or cause is shown. */
final class ProblemHandler extends ErrorHandler {

    /** What Jetty calls the method of a request that it could not read so far. */
    private static final String UNREAD = "BAD";

    @Override
    public boolean handle(Request request, Response response, Callback callback) {
        int status = request.getAttribute(ERROR_STATUS) instanceof Integer number ? number : 500;
        response.reset();
        Wire.send(answer(first(request, status)), "", response, callback);
        return true;
    }

    /** Of several faults the one that comes first in the order of answers, as far as was read. */
    private static int first(Request request, int status) {
        if (isOld(request)) {
            return 505;
        }
        String path = request.getHttpURI().getPath();
        return status == 431 && path != null && Target.path(path).isEmpty() ? 400 : status;
    }

    static Answer answer(int status) {
        // 426 is Jetty's word for HTTP/2 where there is none.
        int shown = status == 426 ? 505 : status;
        String detail =
                switch (shown) {
                    case 413 -> "send a smaller body";
                    case 414, 431 -> "send a shorter target and fewer or shorter headers";
                    case 505 -> "use HTTP/1.1";
                    case 408 -> "send the request without pauses";
                    default -> shown >= 500 ? "try again later" : "the request is malformed";
                };
        return Answer.problem(shown, detail).closing();
    }

    /** An HTTP/1.0 request whose only fault is what 1.0 did not ask for, such as a host. */
    private static boolean isOld(Request request) {
        String path = request.getHttpURI().getPath();
        return request.getConnectionMetaData().getHttpVersion() == HttpVersion.HTTP_1_0
                && !request.getMethod().equals(UNREAD)
                && path != null
                && Target.path(path).isPresent();
    }
}
