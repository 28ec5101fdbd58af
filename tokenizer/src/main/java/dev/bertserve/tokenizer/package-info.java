/** BERT's text preprocessing: turns text into exactly the token ids of TensorFlow Text. */
@NullMarked
package dev.bertserve.tokenizer;

import org.jspecify.annotations.NullMarked;
