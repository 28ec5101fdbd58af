/** Models as they are kept on disk and served: tokens in, and how texts become tokens. */
@NullMarked
package dev.bertserve.server.prepared;

import org.jspecify.annotations.NullMarked;
