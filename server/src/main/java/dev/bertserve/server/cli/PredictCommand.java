package dev.bertserve.server.cli;

import dev.bertserve.server.bulk.FileScoring;
import dev.bertserve.server.bulk.RowFormat;
import dev.bertserve.server.bulk.RowSource;
import dev.bertserve.server.bulk.ScoredOutput;
import dev.bertserve.server.bulk.TableColumn;
import dev.bertserve.server.protocol.rows.PredictionForm;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.ValueType;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.wiring.InProcessModel;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
      "Scores a file, one JSON line a row, in order. Started again with the same arguments, it",
      "continues where it was cut off."
    })
final class PredictCommand implements Callable<Integer> {

  @Mixin private final ModelArgument model = new ModelArgument();

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "FILE",
      defaultValue = "-",
      description = "Rows; - is standard input, and .gz is unpacked (${DEFAULT-VALUE}).")
  private String file = "-";

  @Option(
      names = "--output",
      paramLabel = "F",
      defaultValue = "-",
      description = {
        "File of {\"instance\":..,\"prediction\":..} lines (standard output). Rows that cannot be",
        "scored go to F.errors."
      })
  private String output = "-";

  @Option(
      names = "--format",
      paramLabel = "FORMAT",
      description = "text, jsonl, csv or tsv (by the name of FILE, or else jsonl).")
  private @Nullable RowFormat format;

  @Option(names = "--text", description = "The same as --format text: each line is a text.")
  private boolean text;

  @Option(
      names = "--column",
      paramLabel = "NAME",
      description = {
        "Column of CSV or TSV, once for each input of the model, in order (the inputs' names)."
      })
  private List<String> columns = new ArrayList<>();

  @Option(
      names = "--output-form",
      paramLabel = "FORM",
      defaultValue = "tensor",
      description = "tensor, scalar or object, as of serve (${DEFAULT-VALUE}).")
  private PredictionForm form = PredictionForm.TENSOR;

  @Mixin private final PrecisionOption precision = new PrecisionOption();

  @Mixin private final OpLibraryOption opLibraries = new OpLibraryOption();

  @Override
  public Integer call() throws IOException {
    try (Lines.Counted lines = Lines.counted(file);
        InProcessModel served = served();
        RowSource rows = rows(lines, served.service().signature());
        ScoredOutput scored = scored()) {
      Progress progress = Progress.start(lines, System::nanoTime);
      long failed = new FileScoring(rows, served.service()).run(scored, progress::add);
      progress.end(failed);
      return failed == 0 ? ExitStatus.DONE : ExitStatus.FAILED;
    }
  }

  private InProcessModel served() throws IOException {
    return InProcessModel.open(
        model.location(),
        EngineSettings.of(precision.precision(), 1),
        opLibraries.paths(),
        FileScoring.MAX_ROWS_IN_FLIGHT,
        System.err::println);
  }

  /** The streams stay open when it is closed. */
  private ScoredOutput scored() {
    return output.equals("-")
        ? ScoredOutput.to(System.out, System.err, form)
        : ScoredOutput.to(Path.of(output), form);
  }

  private RowSource rows(Lines.Counted lines, ModelSignature inputs) throws IOException {
    RowFormat chosen = text ? RowFormat.TEXT : format == null ? RowFormat.of(file) : format;
    if (chosen == RowFormat.TEXT && inputs.inputs().size() > 1) {
      throw new IllegalArgumentException(
          "format: text (expected: jsonl or csv, since the model takes "
              + inputs.inputNames()
              + ")");
    }
    List<String> names = columns.isEmpty() ? inputs.inputNames() : columns;
    if (names.size() != inputs.inputs().size()) {
      throw new IllegalArgumentException(
          "column: " + names + " (expected: one for each of " + inputs.inputNames() + ")");
    }
    List<TableColumn> table = new ArrayList<>();
    for (InputSpec input : inputs.inputs()) {
      table.add(new TableColumn(input.name(), input.type() == ValueType.STRING));
    }
    return RowSource.of(chosen, lines.reader(), names, table);
  }
}
