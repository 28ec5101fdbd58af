/** One question each, answered by JMH beside the rivals. */
@NullMarked
package dev.bertserve.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
