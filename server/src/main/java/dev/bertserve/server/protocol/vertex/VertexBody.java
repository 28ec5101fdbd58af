package dev.bertserve.server.protocol.vertex;

import dev.bertserve.server.protocol.rows.RowList;

/** A request: its instances and its parameters. */
record VertexBody(RowList rows, Parameters parameters) {}
