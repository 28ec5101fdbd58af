/** Small benchmarks, by JMH, with rivals. */
@NullMarked
package dev.bertserve.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
