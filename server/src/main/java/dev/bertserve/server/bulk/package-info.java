/** Files of rows: read, scored in order, written; a run that was cut off continues. */
@NullMarked
package dev.bertserve.server.bulk;

import org.jspecify.annotations.NullMarked;
