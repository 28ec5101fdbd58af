/** From a SavedModel on disk to a flat, frozen graph without its text half. */
@NullMarked
package dev.bertserve.server.tensorflow.prepare;

import org.jspecify.annotations.NullMarked;
