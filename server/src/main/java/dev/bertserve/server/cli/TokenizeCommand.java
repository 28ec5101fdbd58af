package dev.bertserve.server.cli;

import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.preprocessing.LoadedTokenizer;
import dev.bertserve.server.preprocessing.TokenizerFacts;
import dev.bertserve.server.protocol.json.JsonReader;
import dev.bertserve.server.protocol.json.JsonToken;
import dev.bertserve.server.protocol.json.JsonWriter;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.server.wiring.LocalModel;
import dev.bertserve.tokenizer.TokenIds;
import java.io.BufferedOutputStream;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Writes the tokens and ids of each line of text. */
@Command(
    name = "tokenize",
    description = "Writes a JSON line of tokens and ids for each line of text.")
final class TokenizeCommand implements Callable<Integer> {

  @Mixin private final ModelArgument model = new ModelArgument();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "-",
      description = "Lines of text in UTF-8; - reads standard input.")
  private String file = "";

  @Option(
      names = "--json",
      description = "Each line is a JSON string, or an array of two for a pair.")
  private boolean json;

  @Override
  public Integer call() throws IOException {
    TokenizerFacts facts;
    try (LocalModel local = model.open()) {
      facts = local.location().prepare().tokenizer();
    }
    LoadedTokenizer tokenizer = facts.loaded();
    OutputStream out = new BufferedOutputStream(System.out);
    try (BufferedReader lines = Lines.open(file)) {
      long number = 0;
      // Input may have no end
      for (String line = lines.readLine();
          line != null && !System.out.checkError();
          line = lines.readLine()) {
        number++;
        write(out, tokenizer, ids(facts, line, number));
      }
    } finally {
      out.flush();
    }
    return 0;
  }

  private TokenIds ids(TokenizerFacts facts, String line, long number) {
    List<String> texts;
    try {
      texts = json ? texts(line) : List.of(line);
      int inputs = facts.program().inputs();
      if (texts.size() == inputs) {
        return new TokenEncoding(facts.program(), facts.loaded().tokenizer())
            .encode(texts.toArray(String[]::new))
            .ids();
      }
    } catch (ServingException e) {
      throw new IllegalArgumentException("line " + number + ": " + e.getMessage(), e);
    }
    return switch (texts.size()) {
      case 1 -> facts.loaded().tokenizer().tokenize(texts.get(0));
      case 2 -> facts.loaded().tokenizer().tokenize(texts.get(0), texts.get(1));
      default ->
          throw new IllegalArgumentException(
              "line " + number + ": " + line + " (expected: a JSON string or an array of two)");
    };
  }

  private static List<String> texts(String line) {
    List<String> texts = new ArrayList<>(2);
    try (JsonReader reader = new JsonReader(line.getBytes(StandardCharsets.UTF_8))) {
      for (JsonToken token = reader.next(); token != JsonToken.END; token = reader.next()) {
        if (token == JsonToken.STRING) {
          texts.add(reader.text());
        } else if (token != JsonToken.ARRAY && token != JsonToken.ARRAY_END) {
          return List.of();
        }
      }
    }
    return texts;
  }

  private static void write(OutputStream out, LoadedTokenizer tokenizer, TokenIds ids)
      throws IOException {
    try (JsonWriter writer = new JsonWriter(out)) {
      writer.beginObject();
      writer.name("tokens");
      writer.beginArray();
      for (int i = 0; i < ids.length(); i++) {
        writer.value(tokenizer.token().apply(ids.id(i)));
      }
      writer.endArray();
      writer.name("ids");
      writer.beginArray();
      for (int i = 0; i < ids.length(); i++) {
        writer.value(ids.id(i));
      }
      writer.endArray();
      writer.endObject();
    }
    out.write('\n');
  }
}
