/** The wire format of Vertex AI's custom containers. */
@NullMarked
package dev.bertserve.server.protocol.vertex;

import org.jspecify.annotations.NullMarked;
