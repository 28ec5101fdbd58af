package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.protocol.rows.NullText;
import dev.bertserve.server.protocol.rows.PredictionForm;

/**
 * Settings of the Vertex route.
 *
 * @param form of predictions, unless the request has another
 * @param nullText what becomes of an instance whose text is null
 */
public record VertexSettings(PredictionForm form, NullText nullText) {}
