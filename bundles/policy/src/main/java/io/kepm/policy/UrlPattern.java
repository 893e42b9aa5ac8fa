package io.kepm.policy;

import java.util.Optional;

/**
 * One entry of {@code Urls}: scheme, host, port, and whole segments that a path begins with.
 *
 * @param subdomains {@code *.} stood in front of the host: one or more labels
 */
record UrlPattern(String text, boolean subdomains, Url url) {

    /** Empty after the place was told why. */
    static Optional<UrlPattern> parse(String text, Place place) {
        int host = text.indexOf("://") + 3;
        boolean subdomains = host > 3 && text.startsWith("*.", host);
        Optional<Url> url =
                text.length() > PatternText.MAX_LENGTH
                                || text.indexOf('?') >= 0
                                || text.indexOf('#') >= 0
                        ? Optional.empty()
                        : Url.parse(
                                subdomains
                                        ? text.substring(0, host) + text.substring(host + 2)
                                        : text);
        if (url.isEmpty()) {
            place.refuse(
                    Place.quoted(text)
                            + ": not of the form scheme://host[:port]/path-prefix, without user"
                            + " information, query and fragment");
        }
        return url.map(u -> new UrlPattern(text, subdomains, u));
    }

    Fit fit(Facts facts) {
        return Fit.of(facts.url().filter(this::covers).isPresent());
    }

    private boolean covers(Url asked) {
        return asked.scheme().equals(url.scheme())
                && asked.port() == url.port()
                && (subdomains
                        ? asked.host().endsWith("." + url.host())
                                && asked.host().length() > url.host().length() + 1
                        : asked.host().equals(url.host()))
                && asked.segments().size() >= url.segments().size()
                && asked.segments().subList(0, url.segments().size()).equals(url.segments());
    }
}
