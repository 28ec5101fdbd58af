/** Apache Beam transforms that score texts with a model within each worker. */
@NullMarked
package dev.bertserve.bulk.beam;

import org.jspecify.annotations.NullMarked;
