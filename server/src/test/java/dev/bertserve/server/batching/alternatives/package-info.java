/** Ways of forming batches that were tried, kept so that simulation can go on comparing them. */
package dev.bertserve.server.batching.alternatives;
