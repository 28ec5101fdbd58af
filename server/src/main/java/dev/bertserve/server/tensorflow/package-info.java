/** Engines over TensorFlow sessions, and the choice of device, target and precision. */
@NullMarked
package dev.bertserve.server.tensorflow;

import org.jspecify.annotations.NullMarked;
