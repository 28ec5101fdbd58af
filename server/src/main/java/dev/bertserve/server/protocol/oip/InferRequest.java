package dev.bertserve.server.protocol.oip;

import dev.bertserve.server.protocol.rows.RowList;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * An inference request.
 *
 * @param id returned with the response
 * @param outputs those asked for; empty for all
 * @param binary whether outputs come behind the JSON unless they are asked for otherwise
 * @param timeout set by a parameter
 */
record InferRequest(
    Optional<String> id,
    RowList rows,
    List<RequestedOutput> outputs,
    boolean binary,
    Optional<Duration> timeout) {}
