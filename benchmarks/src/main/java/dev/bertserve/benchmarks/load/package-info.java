/** Open-loop load on a running server. */
package dev.bertserve.benchmarks.load;
