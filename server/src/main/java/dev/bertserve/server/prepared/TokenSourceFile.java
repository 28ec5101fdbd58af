package dev.bertserve.server.prepared;

import com.google.protobuf.ByteString;
import dev.bertserve.server.huggingface.TokenizerDefinition;
import dev.bertserve.server.preprocessing.TokenSource;
import dev.bertserve.server.preprocessing.VocabularyLines;
import dev.bertserve.tokenizer.PieceIds;
import dev.bertserve.tokenizer.RowTemplate;
import dev.bertserve.tokenizer.SentencePieceSpec;
import dev.bertserve.tokenizer.TokenizerSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A prepared model's tokens: a file beside the manifest, and the choices in it. */
final class TokenSourceFile {

  static final String NAME = "tokens";

  private static final String KIND = "tokens.kind";
  private static final String LOWER_CASE = "tokens.lower_case";
  private static final String UNKNOWN = "tokens.unknown";
  private static final String SUFFIX_INDICATOR = "tokens.suffix_indicator";
  private static final String MAX_BYTES = "tokens.max_bytes_per_word";
  private static final String START_IDS = "tokens.start_ids";
  private static final String BETWEEN_IDS = "tokens.between_ids";
  private static final String END_IDS = "tokens.end_ids";
  private static final String LIMITS = "tokens.limits";
  private static final String SHARING = "tokens.sharing";
  private static final String TRIMMED_LENGTH = "tokens.trimmed_length";
  private static final String LENGTH = "tokens.sequence_length";
  private static final String PLACE = "tokens.place";
  private static final String OPERATIONS = "tokens.operations";
  private static final String NORMALIZER_BYTES = "tokens.normalizer_bytes";
  private static final String PIECE_IDS = "tokens.piece_ids";
  private static final String WHOLE_WORDS = "tokens.whole_words";
  private static final String SENTENCE_PIECE = "SentencePiece";
  private static final String FAST_WORD_PIECE = "FastWordPiece";
  private static final String BYTE_PAIR = "BytePair";

  private TokenSourceFile() {}

  static void write(TokenSource source, Manifest manifest, Path folder) throws IOException {
    Path file = folder.resolve(NAME);
    manifest.put(KIND, source.kind());
    manifest.put(LOWER_CASE, source.lowerCase());
    manifest.put(LENGTH, source.sequenceLength());
    if (source instanceof TokenSource.WordPiece words) {
      Files.write(file, words.vocabulary().lines().toByteArray());
      write(words.spec(), manifest);
    } else if (source instanceof TokenSource.FastWordPiece words) {
      Files.write(file, words.normalizer().concat(words.model()).toByteArray());
      manifest.put(NORMALIZER_BYTES, words.normalizer().size());
      write(words.spec(), manifest);
    } else if (source instanceof TokenSource.SentencePiece pieces) {
      Files.write(file, pieces.model().toByteArray());
      PieceIds ids = pieces.spec().ids();
      manifest.put(PIECE_IDS, text(List.of(ids.replaced(), ids.by(), ids.shift())));
      write(pieces.spec().rows(), manifest);
    } else if (source instanceof TokenSource.BytePair pairs) {
      BytePairFile.write(pairs, file);
      write(pairs.rows(), manifest);
    } else if (source instanceof TokenSource.HuggingFace huggingFace) {
      Files.writeString(file, huggingFace.definition().json());
      manifest.put(PLACE, huggingFace.place());
    }
  }

  private static void write(TokenizerSpec spec, Manifest manifest) {
    manifest.put(UNKNOWN, spec.unknownToken());
    manifest.put(SUFFIX_INDICATOR, spec.suffixIndicator());
    manifest.put(MAX_BYTES, spec.maxBytesPerWord());
    manifest.put(OPERATIONS, spec.operations());
    manifest.put(WHOLE_WORDS, String.join("\n", spec.wholeWords()));
    write(spec.rows(), manifest);
  }

  private static void write(RowTemplate rows, Manifest manifest) {
    manifest.put(START_IDS, text(rows.start()));
    manifest.put(BETWEEN_IDS, text(rows.between()));
    manifest.put(END_IDS, text(rows.end()));
    manifest.put(LIMITS, text(rows.limits()));
    manifest.put(SHARING, rows.sharing());
    manifest.put(TRIMMED_LENGTH, rows.trimmedLength());
  }

  private static String text(List<Integer> ids) {
    return ids.stream().map(String::valueOf).collect(Collectors.joining(" "));
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
    RowTemplate rows =
        new RowTemplate(
            ids(manifest.get(START_IDS)),
            ids(manifest.get(BETWEEN_IDS)),
            ids(manifest.get(END_IDS)),
            ids(manifest.get(LIMITS)),
            RowTemplate.Sharing.valueOf(manifest.get(SHARING)),
            manifest.number(TRIMMED_LENGTH),
            manifest.number(LENGTH));
    if (manifest.get(KIND).equals(SENTENCE_PIECE)) {
      List<Integer> ids = ids(manifest.get(PIECE_IDS));
      return new TokenSource.SentencePiece(
          ByteString.copyFrom(Files.readAllBytes(file)),
          new SentencePieceSpec(lowerCase, rows, new PieceIds(ids.get(0), ids.get(1), ids.get(2))));
    }
    if (manifest.get(KIND).equals(BYTE_PAIR)) {
      return BytePairFile.read(file, rows);
    }
    TokenizerSpec spec =
        new TokenizerSpec(
            lowerCase,
            manifest.get(UNKNOWN),
            manifest.get(SUFFIX_INDICATOR),
            manifest.number(MAX_BYTES),
            rows,
            TokenizerSpec.Operations.valueOf(manifest.get(OPERATIONS)),
            manifest.get(WHOLE_WORDS).lines().toList());
    if (!manifest.get(KIND).equals(FAST_WORD_PIECE)) {
      return new TokenSource.WordPiece(VocabularyLines.read(file), spec);
    }
    ByteString both = ByteString.copyFrom(Files.readAllBytes(file));
    int border = manifest.number(NORMALIZER_BYTES);
    return new TokenSource.FastWordPiece(both.substring(border), both.substring(0, border), spec);
  }

  private static List<Integer> ids(String text) {
    return text.isEmpty() ? List.of() : Stream.of(text.split(" ")).map(Integer::valueOf).toList();
  }
}
