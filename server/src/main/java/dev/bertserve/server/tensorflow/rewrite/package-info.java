/** From a flat graph as it was exported to the form that runs fastest. */
@NullMarked
package dev.bertserve.server.tensorflow.rewrite;

import org.jspecify.annotations.NullMarked;
