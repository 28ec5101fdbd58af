/** What the transforms of all engines share: models of a worker, and the scoring of its rows. */
@NullMarked
package dev.bertserve.bulk;

import org.jspecify.annotations.NullMarked;
