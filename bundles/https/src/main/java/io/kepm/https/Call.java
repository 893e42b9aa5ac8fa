package io.kepm.https;

import java.util.Map;

/**
 * One admitted request to one route.
 *
 * @param variables the parts of the path that the route leaves open
 * @param query decoded parameters
 * @param body the JSON object; empty for routes without one
 */
record Call(
        Caller caller,
        Map<String, String> variables,
        Map<String, String> query,
        Map<String, Object> body) {}
