package dev.bertserve.tokenizer;

import java.util.Arrays;

/** What the file of a SentencePiece model says, by its protocol buffer's field numbers. */
final class SentencePieceFile {

  static final byte NORMAL = 1;
  static final byte UNKNOWN = 2;
  static final byte CONTROL = 3;
  static final byte USER_DEFINED = 4;

  private final TokenBytes tokens;
  private final float[] scores;
  private final byte[] types;
  private final Normalization normalization = new Normalization();

  /** Takes ownership of {@code model}. */
  SentencePieceFile(byte[] model) {
    int size = count(model);
    int[] starts = new int[size];
    int[] ends = new int[size];
    this.scores = new float[size];
    this.types = new byte[size];
    Arrays.fill(types, NORMAL);
    int id = 0;
    for (ProtoReader fields = new ProtoReader(model, 0, model.length); fields.next(); ) {
      switch (fields.field()) {
        case 1 -> {
          for (ProtoReader piece = fields.message(); piece.next(); ) {
            switch (piece.field()) {
              case 1 -> {
                starts[id] = piece.start();
                ends[id] = piece.end();
              }
              case 2 -> scores[id] = piece.asFloat();
              case 3 -> types[id] = (byte) piece.number();
              default -> {}
            }
          }
          id++;
        }
        case 2 -> requireUnigram(fields.message());
        case 3 -> normalization.read(fields.message(), model);
        default -> {}
      }
    }
    requireOneUnknown(types);
    this.tokens = new TokenBytes(model, starts, ends);
  }

  TokenBytes tokens() {
    return tokens;
  }

  float score(int id) {
    return scores[id];
  }

  byte type(int id) {
    return types[id];
  }

  CharacterMap characterMap() {
    return normalization.characterMap;
  }

  boolean addsDummyPrefix() {
    return normalization.addDummyPrefix;
  }

  boolean removesExtraWhitespaces() {
    return normalization.removeExtraWhitespaces;
  }

  boolean escapesWhitespaces() {
    return normalization.escapeWhitespaces;
  }

  int unknownId() {
    return idsOfTypes(UNKNOWN)[0];
  }

  /** Ids of the pieces that text can be parted into. */
  int[] idsInText() {
    return idsOfTypes(NORMAL, USER_DEFINED);
  }

  int[] idsUserDefined() {
    return idsOfTypes(USER_DEFINED);
  }

  private int[] idsOfTypes(byte... wanted) {
    int[] ids = new int[types.length];
    int count = 0;
    for (int id = 0; id < types.length; id++) {
      for (byte type : wanted) {
        if (types[id] == type) {
          ids[count++] = id;
        }
      }
    }
    return Arrays.copyOf(ids, count);
  }

  private static int count(byte[] model) {
    int count = 0;
    for (ProtoReader fields = new ProtoReader(model, 0, model.length); fields.next(); ) {
      if (fields.field() == 1) {
        count++;
      }
    }
    return count;
  }

  private static void requireUnigram(ProtoReader trainer) {
    while (trainer.next()) {
      switch (trainer.field()) {
        case 3 -> require("model_type", trainer.number(), 1);
        case 24 -> require("treat_whitespace_as_suffix", trainer.number(), 0);
        case 35 -> require("byte_fallback", trainer.number(), 0);
        default -> {}
      }
    }
  }

  private static void require(String name, long value, long expected) {
    if (value != expected) {
      throw new IllegalArgumentException(name + ": " + value + " (expected: " + expected + ")");
    }
  }

  private static void requireOneUnknown(byte[] types) {
    int unknown = 0;
    for (byte type : types) {
      if (type == UNKNOWN) {
        unknown++;
      }
    }
    require("pieces of type UNKNOWN", unknown, 1);
  }

  /** The normaliser's settings while they are read, with SentencePiece's defaults. */
  private static final class Normalization {

    CharacterMap characterMap = CharacterMap.empty();
    boolean addDummyPrefix = true;
    boolean removeExtraWhitespaces = true;
    boolean escapeWhitespaces = true;

    void read(ProtoReader fields, byte[] model) {
      while (fields.next()) {
        switch (fields.field()) {
          case 2 -> characterMap = CharacterMap.of(model, fields.start(), fields.end());
          case 3 -> addDummyPrefix = fields.number() != 0;
          case 4 -> removeExtraWhitespaces = fields.number() != 0;
          case 5 -> escapeWhitespaces = fields.number() != 0;
          default -> {}
        }
      }
    }
  }
}
