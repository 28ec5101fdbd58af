package dev.bertserve.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.rewrite.Encoder;
import dev.bertserve.server.rewrite.RowPacking;
import dev.bertserve.server.savedmodel.LibraryModels;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The table in docs/models.md of what is recognised in each kind of model. */
class ModelKindsTest {

  private static final Path PAGE = Path.of("..", "docs", "models.md");

  private static final List<String> PASSES =
      List.of(
          "embeddings",
          "layer norm",
          "dense",
          "gelu",
          "attention",
          "first token only",
          "packed rows");

  @Test
  void page_hasTheTableOfKindsAndPasses() throws IOException {
    StringBuilder table = new StringBuilder("| kind | " + String.join(" | ", PASSES) + " |\n");
    table.append("|---".repeat(PASSES.size() + 1)).append("|\n");
    row(table, "BERT, TensorFlow's official models", small("bert_uncased"));
    row(table, "ALBERT, the same", small("albert"));
    row(table, "ELECTRA, the same", small("electra_S256"));
    row(table, "talking-heads BERT, the same", small("talking_heads"));
    row(table, "plain mean of all tokens, the same", small("mean_pooled"));
    row(table, "BERT, KerasHub", library("kerashub_bert"));
    row(table, "DistilBERT, KerasHub", library("kerashub_distilbert"));
    row(table, "ELECTRA, KerasHub", library("kerashub_electra"));
    row(table, "ALBERT, KerasHub", library("kerashub_albert"));
    row(table, "RoBERTa, KerasHub", library("kerashub_roberta"));
    row(table, "BERT fine-tuned with LoRA, KerasHub", library("kerashub_bert_lora"));
    row(table, "masked mean of all tokens, KerasHub", library("kerashub_mean"));
    row(table, "masked maximum of all tokens, KerasHub", library("kerashub_max"));
    row(table, "LSTM on all tokens, KerasHub", library("mixed_kerashub_lstm_float32"));
    row(table, "BERT, Hugging Face", library("hf_bert"));
    row(table, "BERT with GELU's tanh form, Hugging Face", library("hf_bert_tanh"));
    row(table, "masked mean of all tokens, Hugging Face", library("hf_mean"));
    row(table, "states of all tokens, Hugging Face", library("hf_bert_states"));
    row(table, "DistilBERT, Hugging Face", library("hf_distilbert"));
    row(table, "ELECTRA, Hugging Face", library("hf_electra"));
    row(table, "ALBERT, Hugging Face", library("hf_albert"));
    row(table, "RoBERTa, Hugging Face", library("hf_roberta"));
    row(table, "mixed float16, official models", library("mixed_official_bert"));
    row(table, "mixed float16, KerasHub", library("mixed_kerashub_bert"));
    row(table, "mixed float16, Hugging Face", library("mixed_hf_bert"));

    assertThat(Files.readString(PAGE)).contains(table);
  }

  private static void row(StringBuilder table, String kind, Encoder encoder) {
    table.append("| ").append(kind);
    for (String pass : PASSES) {
      table.append(" | ").append(share(encoder, pass));
    }
    table.append(" |\n");
  }

  private static String share(Encoder encoder, String pass) {
    boolean isMissed = encoder.missed().containsKey(pass);
    if (encoder.matches().getOrDefault(pass, 0) == 0) {
      return "none";
    }
    return isMissed ? "some" : "all";
  }

  private static Encoder small(String model) throws IOException {
    FlatGraph graph = SmallModels.location(model).prepare().graph();
    return Encoder.recognise(graph);
  }

  private static Encoder library(String model) throws IOException {
    return Encoder.recognise(
        LibraryModels.graph(model), LibraryModels.length(model), RowPacking.OF_TOKENS);
  }
}
