/** String ops of TensorFlow on the bytes of one text, without TensorFlow. */
@NullMarked
package dev.bertserve.server.text;

import org.jspecify.annotations.NullMarked;
