/** Rewrites an exported flat graph to the form that runs fastest. */
@NullMarked
package dev.bertserve.server.rewrite;

import org.jspecify.annotations.NullMarked;
