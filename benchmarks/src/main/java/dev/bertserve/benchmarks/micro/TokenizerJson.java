package dev.bertserve.benchmarks.micro;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** A Hugging Face tokenizer file for BERT's uncased preprocessing with a vocabulary. */
final class TokenizerJson {

  private static final String BEFORE =
      """
      {"version":"1.0","truncation":null,"padding":null,
      "added_tokens":[],
      "normalizer":{"type":"BertNormalizer","clean_text":true,"handle_chinese_chars":true,
      "strip_accents":null,"lowercase":true},
      "pre_tokenizer":{"type":"BertPreTokenizer"},
      "post_processor":{"type":"TemplateProcessing",
      "single":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
      {"SpecialToken":{"id":"[SEP]","type_id":0}}],
      "pair":[{"SpecialToken":{"id":"[CLS]","type_id":0}},{"Sequence":{"id":"A","type_id":0}},
      {"SpecialToken":{"id":"[SEP]","type_id":0}},{"Sequence":{"id":"B","type_id":1}},
      {"SpecialToken":{"id":"[SEP]","type_id":1}}],
      "special_tokens":{"[CLS]":{"id":"[CLS]","ids":[101],"tokens":["[CLS]"]},
      "[SEP]":{"id":"[SEP]","ids":[102],"tokens":["[SEP]"]}}},
      "decoder":{"type":"WordPiece","prefix":"##","cleanup":true},
      "model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
      "max_input_chars_per_word":100,"vocab":{""";

  private TokenizerJson() {}

  /** Writes a temporary file, which is deleted when the JVM exits. */
  static Path of(Path vocabulary) throws IOException {
    List<String> tokens = Files.readAllLines(vocabulary);
    StringBuilder json = new StringBuilder(BEFORE);
    for (int id = 0; id < tokens.size(); id++) {
      String token = tokens.get(id).replace("\\", "\\\\").replace("\"", "\\\"");
      json.append(id == 0 ? "" : ",").append('"').append(token).append("\":").append(id);
    }
    Path file = Files.createTempFile("tokenizer", ".json");
    file.toFile().deleteOnExit();
    return Files.writeString(file, json.append("}}}"));
  }
}
