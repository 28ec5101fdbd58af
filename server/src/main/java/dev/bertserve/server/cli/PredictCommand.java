package dev.bertserve.server.cli;

import dev.bertserve.server.bulk.FileScoring;
import dev.bertserve.server.bulk.JoinedRows;
import dev.bertserve.server.bulk.OutputChoice;
import dev.bertserve.server.bulk.RowFiles;
import dev.bertserve.server.bulk.RowFormat;
import dev.bertserve.server.bulk.RowLayout;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.wiring.InProcessModel;
import dev.bertserve.server.wiring.InputFiles;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Scores a file of rows without a server. */
@Command(
    name = "predict",
    description = {
      "Scores files, row by row, in order.",
      "Started again with the same arguments, it continues where it was cut off."
    })
final class PredictCommand implements Callable<Integer> {

  @Mixin private final ModelArgument model = new ModelArgument();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "-",
      description = {
        "Rows: a file, gs://bucket/object, either with wildcards in its last name, or - for "
            + "standard input (${DEFAULT-VALUE}). gzip and zstd are unpacked."
      })
  private String input = "-";

  @Option(
      names = "--output",
      paramLabel = "F",
      defaultValue = "-",
      description = {
        "File (standard output). Its name tells the format: .jsonl, .csv or .tsv, each also as .gz "
            + "or .zst, .avro or .parquet; otherwise JSON lines, {\"instance\":..,\"prediction\":..}. Rows "
            + "that cannot be scored go to F.errors, and F.state says how far F is."
      })
  private String output = "-";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "text, jsonl, csv, tsv, avro or parquet (by the name of FILE, or else jsonl).")
  private @Nullable RowFormat format;

  @Option(names = "--text", description = "The same as --format text: each line is a text.")
  private boolean text;

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description = {
        "Column, or key of JSON objects, once for each input of the model, in order (the inputs' "
            + "names)."
      })
  private List<String> columns = new ArrayList<>();

  @Option(
      names = "--key",
      paramLabel = "NAME",
      description = {
        "Column, or key of JSON objects, to hand through to the output instead of the instance or "
            + "the texts; repeatable."
      })
  private List<String> keys = new ArrayList<>();

  @Option(
      names = "--output-form",
      paramLabel = "FORM",
      defaultValue = "tensor",
      description = "tensor, scalar or object, as of serve (${DEFAULT-VALUE}).")
  private PredictionForm form = PredictionForm.TENSOR;

  @Option(
      names = "--top-k",
      paramLabel = "N",
      defaultValue = "0",
      description = "Number of the largest scores of a row to write, with their classes (all).")
  private int topK;

  @Mixin private final PrecisionOption precision = new PrecisionOption();

  @Mixin private final OpLibraryOption opLibraries = new OpLibraryOption();

  @Override
  public Integer call() throws IOException {
    Optional<Path> file = output.equals("-") ? Optional.empty() : Optional.of(Path.of(output));
    OutputChoice choice = new OutputChoice(file, form, topK, model.location().label());
    // Before the model, which takes seconds
    RowFiles files = InputFiles.of(input, System.getenv(), System.err::println);
    try (files;
        InProcessModel served = served();
        JoinedRows rows = rows(files, served.service().signature())) {
      Progress progress = Progress.start(rows, System::nanoTime);
      long failed = new FileScoring(rows, served.service(), choice).run(progress::add);
      progress.end(failed);
      return failed == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
    }
  }

  private InProcessModel served() throws IOException {
    return InProcessModel.open(
        model.location(),
        EngineSettings.of(precision.precision(), 1),
        opLibraries.paths(),
        System.err::println);
  }

  private JoinedRows rows(RowFiles files, ModelSignature signature) throws IOException {
    RowLayout layout = RowLayout.of(signature, columns, keys);
    return JoinedRows.open(files, text ? RowFormat.TEXT : format, layout);
  }
}
