/** Tokenizers as Hugging Face's files define them. */
@NullMarked
package dev.bertserve.server.huggingface;

import org.jspecify.annotations.NullMarked;
