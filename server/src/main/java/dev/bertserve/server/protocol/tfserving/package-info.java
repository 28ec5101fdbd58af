/** TensorFlow Serving's REST API, which KServe's V1 protocol shares paths with. */
@NullMarked
package dev.bertserve.server.protocol.tfserving;

import org.jspecify.annotations.NullMarked;
