package dev.bertserve.server.protocol.oip;

import java.util.Optional;

/**
 * An output that a request asks for.
 *
 * @param binary whether its values come behind the JSON; empty for the request's own choice
 * @param classes number of best classes to return instead of the values; 0 for the values
 */
record RequestedOutput(String name, Optional<Boolean> binary, int classes) {}
