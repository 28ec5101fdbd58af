/** BigQuery's remote functions. */
@NullMarked
package dev.bertserve.server.protocol.bigquery;

import org.jspecify.annotations.NullMarked;
