package dev.bertserve.server.savedmodel;

import com.google.protobuf.ByteString;
import dev.bertserve.server.huggingface.TokenizerDefinition;
import dev.bertserve.tokenizer.SentencePieceSpec;
import dev.bertserve.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** A prepared model's tokens: a file beside the manifest, and the choices in it. */
final class TokenSourceFile {

  static final String NAME = "tokens";

  private static final String KIND = "tokens.kind";
  private static final String LOWER_CASE = "tokens.lower_case";
  private static final String UNKNOWN = "tokens.unknown";
  private static final String SUFFIX_INDICATOR = "tokens.suffix_indicator";
  private static final String MAX_BYTES = "tokens.max_bytes_per_word";
  private static final String START_ID = "tokens.start_id";
  private static final String END_ID = "tokens.end_id";
  private static final String LENGTH = "tokens.sequence_length";
  private static final String PLACE = "tokens.place";
  private static final String OPERATIONS = "tokens.operations";
  private static final String SENTENCE_PIECE = "SentencePiece";
  private static final String FAST_WORD_PIECE = "FastWordPiece";

  private TokenSourceFile() {}

  static void write(TokenSource source, Manifest manifest, Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    manifest.put(KIND, source.kind());
    manifest.put(LOWER_CASE, source.lowerCase());
    manifest.put(LENGTH, source.sequenceLength());
    if (source instanceof TokenSource.WordPiece words) {
      Files.copy(words.vocabulary(), file);
      write(words.spec(), manifest);
    } else if (source instanceof TokenSource.FastWordPiece words) {
      Files.write(file, words.model().toByteArray());
      write(words.spec(), manifest);
    } else if (source instanceof TokenSource.SentencePiece pieces) {
      Files.write(file, pieces.model().toByteArray());
      manifest.put(START_ID, pieces.spec().startId());
      manifest.put(END_ID, pieces.spec().endId());
    } else if (source instanceof TokenSource.HuggingFace huggingFace) {
      Files.writeString(file, huggingFace.definition().json());
      manifest.put(PLACE, huggingFace.place());
    }
  }

  private static void write(TokenizerSpec spec, Manifest manifest) {
    manifest.put(UNKNOWN, spec.unknownToken());
    manifest.put(SUFFIX_INDICATOR, spec.suffixIndicator());
    manifest.put(MAX_BYTES, spec.maxBytesPerWord());
    manifest.put(START_ID, spec.startId());
    manifest.put(END_ID, spec.endId());
    manifest.put(OPERATIONS, spec.operations());
  }

  static TokenSource read(Manifest manifest, Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    if (manifest.get(KIND).startsWith(TokenSource.HuggingFace.KIND)) {
      return new TokenSource.HuggingFace(
          TokenizerDefinition.parse(Files.readString(file)),
          manifest.get(PLACE),
          manifest.number(LENGTH));
    }
    boolean lowerCase = Boolean.parseBoolean(manifest.get(LOWER_CASE));
    int startId = manifest.number(START_ID);
    int endId = manifest.number(END_ID);
    int length = manifest.number(LENGTH);
    if (manifest.get(KIND).equals(SENTENCE_PIECE)) {
      return new TokenSource.SentencePiece(
          ByteString.copyFrom(Files.readAllBytes(file)),
          new SentencePieceSpec(lowerCase, startId, endId, length));
    }
    TokenizerSpec spec =
        new TokenizerSpec(
            lowerCase,
            manifest.get(UNKNOWN),
            manifest.get(SUFFIX_INDICATOR),
            manifest.number(MAX_BYTES),
            startId,
            endId,
            length,
            TokenizerSpec.Operations.valueOf(manifest.get(OPERATIONS)));
    return manifest.get(KIND).equals(FAST_WORD_PIECE)
        ? new TokenSource.FastWordPiece(ByteString.copyFrom(Files.readAllBytes(file)), spec)
        : new TokenSource.WordPiece(file, spec);
  }
}
