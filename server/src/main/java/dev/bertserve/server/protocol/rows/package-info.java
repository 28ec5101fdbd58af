/** What the JSON dialects share: rows of texts from JSON, outputs of rows to JSON. */
@NullMarked
package dev.bertserve.server.protocol.rows;

import org.jspecify.annotations.NullMarked;
