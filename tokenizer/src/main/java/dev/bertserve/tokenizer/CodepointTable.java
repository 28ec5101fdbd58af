package dev.bertserve.tokenizer;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntUnaryOperator;

/**
 * Normal form and kind of every code point, as TensorFlow Text's operations give them, or Hugging
 * Face's.
 *
 * <p>The build generates the table from ICU's data, unless a model brings its own rules. An entry
 * packs, from the low bits: 21 bits of value, 3 bits of kind, 8 bits of order. The value is what to
 * add, modulo 2^21, to the code point to get its normal form; of a {@link #SEQUENCE} it is where
 * the sequence starts, and the order is its length. Entries of a sequence hold the normal form
 * itself. The order of any other entry is the canonical combining class of its normal form; 0 parts
 * the runs within which marks are ordered.
 */
final class CodepointTable {

  /** Part of a word. */
  static final int WORD = 0;

  /** Ends a word and leaves no token. */
  static final int SPACE = 1;

  /** Ends a word and is a token itself. */
  static final int ALONE = 2;

  /** Leaves nothing. */
  static final int DROPPED = 3;

  /** Becomes several normalised code points. */
  static final int SEQUENCE = 4;

  /** A syllable: becomes two or three conjoining jamo, by arithmetic. */
  static final int HANGUL = 5;

  static final int CODE_POINTS = 0x110000;

  private static final int BLOCK_BITS = 7;
  private static final int BLOCK = 1 << BLOCK_BITS;
  private static final int BLOCK_MASK = BLOCK - 1;
  private static final int VALUE_MASK = 0x1FFFFF;
  private static final int KIND_SHIFT = 21;
  private static final int LENGTH_SHIFT = 24;

  private final int[] sequences;
  private final char[] index;
  private final int[] blocks;

  private CodepointTable(int[] sequences, char[] index, int[] blocks) {
    this.sequences = sequences;
    this.index = index;
    this.blocks = blocks;
  }

  /** Reads one that the build generated. */
  private static CodepointTable read(int[] sequences, ByteBuffer stages) {
    char[] index = new char[CODE_POINTS >> BLOCK_BITS];
    stages.asCharBuffer().get(index);
    stages.position(stages.position() + index.length * Character.BYTES);
    return new CodepointTable(sequences, index, ints(stages, stages.getInt() << BLOCK_BITS));
  }

  /** Of the entry of each code point; equal blocks that follow one another are stored once. */
  static CodepointTable of(int[] entries, int[] sequences) {
    char[] index = new char[CODE_POINTS >> BLOCK_BITS];
    int[] blocks = new int[CODE_POINTS];
    int end = 0;
    for (int i = 0; i < index.length; i++) {
      int start = i << BLOCK_BITS;
      int last = end - BLOCK;
      if (i == 0 || !Arrays.equals(entries, start, start + BLOCK, blocks, last, end)) {
        System.arraycopy(entries, start, blocks, end, BLOCK);
        end += BLOCK;
      }
      index[i] = (char) ((end >> BLOCK_BITS) - 1);
    }
    return new CodepointTable(sequences, index, Arrays.copyOf(blocks, end));
  }

  /**
   * The entry of a code point without marks to order, whose normal form is {@code form}, each of
   * the kind that {@code kinds} says. A longer form is added to {@code sequences}.
   */
  static int entry(int codePoint, int[] form, IntUnaryOperator kinds, List<Integer> sequences) {
    if (form.length == 0) {
      return DROPPED << KIND_SHIFT;
    }
    if (form.length == 1) {
      return kinds.applyAsInt(form[0]) << KIND_SHIFT | ((form[0] - codePoint) & VALUE_MASK);
    }
    if (Hangul.isFormOf(codePoint, form)) {
      return HANGUL << KIND_SHIFT;
    }
    int start = sequences.size();
    if (start > VALUE_MASK) {
      throw new IllegalArgumentException(
          "sequences: " + start + " (expected: <= " + VALUE_MASK + ")");
    }
    for (int part : form) {
      sequences.add(kinds.applyAsInt(part) << KIND_SHIFT | part);
    }
    return form.length << LENGTH_SHIFT | SEQUENCE << KIND_SHIFT | start;
  }

  /** Of the text that {@code spec} describes, unless a model brings its own rules. */
  static CodepointTable of(TokenizerSpec spec) {
    return switch (spec.operations()) {
      case CLASSIC -> spec.lowerCase() ? Loaded.FOLDED : Loaded.KEPT;
      case FAST ->
          throw new IllegalArgumentException("operations: FAST (expected: a model's rules)");
      case WORDS, SPACES -> Loaded.KEPT;
      case HUGGING_FACE -> spec.lowerCase() ? Loaded.BERT_LOWER : Loaded.BERT_KEPT;
    };
  }

  /**
   * Of text that is decomposed, stripped of marks and case folded, in this order; it is not parted
   * into words, and syllables are left whole.
   */
  static CodepointTable stripped() {
    return Loaded.STRIPPED;
  }

  /** What composes again after marks are stripped. */
  static Composition composition() {
    return Loaded.COMPOSITION;
  }

  /** The entry of a code point, unpaired surrogates included. */
  int entry(int codePoint) {
    return blocks[index[codePoint >> BLOCK_BITS] << BLOCK_BITS | (codePoint & BLOCK_MASK)];
  }

  /** The entry at {@code position} of a sequence. */
  int entry(int sequence, int position) {
    return sequences[value(sequence) + position];
  }

  /** Number of code points that one becomes whose entry is {@code entry}; of a syllable one. */
  static int parts(int entry) {
    return switch (kind(entry)) {
      case DROPPED -> 0;
      case SEQUENCE -> length(entry);
      default -> 1;
    };
  }

  /** An entry of a sequence: the normal form itself of one of the {@link #parts}. */
  int part(int codePoint, int entry, int position) {
    return kind(entry) == SEQUENCE
        ? entry(entry, position)
        : (entry & ~VALUE_MASK) | normalForm(codePoint, entry);
  }

  static int kind(int entry) {
    return entry >> KIND_SHIFT & 7;
  }

  static int order(int entry) {
    return entry >>> 24;
  }

  static int length(int sequence) {
    return sequence >>> LENGTH_SHIFT;
  }

  static int value(int entry) {
    return entry & VALUE_MASK;
  }

  /** The normal form of {@code codePoint}, whose entry is {@code entry}. */
  static int normalForm(int codePoint, int entry) {
    return codePoint + entry & VALUE_MASK;
  }

  private static int[] ints(ByteBuffer bytes, int length) {
    int[] ints = new int[length];
    bytes.asIntBuffer().get(ints);
    bytes.position(bytes.position() + length * Integer.BYTES);
    return ints;
  }

  /** All tables, read on first use. */
  private static final class Loaded {

    static final CodepointTable KEPT;
    static final CodepointTable FOLDED;
    static final CodepointTable STRIPPED;
    static final CodepointTable BERT_KEPT;
    static final CodepointTable BERT_LOWER;
    static final Composition COMPOSITION;

    static {
      ByteBuffer bytes = resource("codepoints.bin");
      int[] sequences = ints(bytes, bytes.getInt());
      KEPT = read(sequences, bytes);
      FOLDED = read(sequences, bytes);
      STRIPPED = read(sequences, bytes);
      BERT_KEPT = read(sequences, bytes);
      BERT_LOWER = read(sequences, bytes);
      COMPOSITION = new Composition(ints(bytes, 3 * bytes.getInt()));
    }

    private static ByteBuffer resource(String name) {
      try (InputStream in = CodepointTable.class.getResourceAsStream(name)) {
        if (in == null) {
          throw new IllegalStateException("resource: " + name + " (expected: present in the jar)");
        }
        return ByteBuffer.wrap(in.readAllBytes());
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }
}
