/** Batching policies that were rejected, kept for comparison in simulation. */
package dev.bertserve.server.batching.alternatives;
