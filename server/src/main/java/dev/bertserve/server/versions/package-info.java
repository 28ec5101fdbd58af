/**
 * Which versions of a model are served: those on disk, by policy, loaded and unloaded as they
 * change.
 */
@NullMarked
package dev.bertserve.server.versions;

import org.jspecify.annotations.NullMarked;
