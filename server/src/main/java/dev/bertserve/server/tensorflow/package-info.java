/** The engine over a TensorFlow session. */
@NullMarked
package dev.bertserve.server.tensorflow;

import org.jspecify.annotations.NullMarked;
