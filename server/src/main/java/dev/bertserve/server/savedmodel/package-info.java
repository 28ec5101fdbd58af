/** From a SavedModel on disk to a flat, frozen graph without its text half. */
@NullMarked
package dev.bertserve.server.savedmodel;

import org.jspecify.annotations.NullMarked;
