/** Apache Spark functions that score texts with a model within each executor. */
@NullMarked
package dev.bertserve.bulk.spark;

import org.jspecify.annotations.NullMarked;
