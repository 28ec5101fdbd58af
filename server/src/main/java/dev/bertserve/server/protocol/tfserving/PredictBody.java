package dev.bertserve.server.protocol.tfserving;

import dev.bertserve.server.protocol.rows.RowList;
import java.util.Optional;

/**
 * A predict request.
 *
 * @param signature name of the signature that the client expects
 * @param rows the texts
 * @param columnar whether the texts came input by input, so that the outputs return that way
 */
record PredictBody(Optional<String> signature, RowList rows, boolean columnar) {}
