/** Models in buckets of Cloud Storage: what lies in a folder, and its download. */
@NullMarked
package dev.bertserve.server.storage;

import org.jspecify.annotations.NullMarked;
