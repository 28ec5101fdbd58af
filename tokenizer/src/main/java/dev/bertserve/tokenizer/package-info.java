/** BERT's text preprocessing: text in, TensorFlow Text's exact token ids out. */
@NullMarked
package dev.bertserve.tokenizer;

import org.jspecify.annotations.NullMarked;
