package dev.bertserve.bulk.pipeline;

import dev.bertserve.bulk.ModelKey;
import dev.bertserve.bulk.SharedModels;
import dev.bertserve.bulk.beam.BertPredict;
import dev.bertserve.server.embedded.ModelOptions;
import dev.bertserve.server.embedded.Output;
import dev.bertserve.server.embedded.TextModel;
import dev.bertserve.server.failure.Reason;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.beam.sdk.Pipeline;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.options.PipelineOptionsFactory;
import org.apache.beam.sdk.schemas.transforms.DropFields;
import org.apache.beam.sdk.transforms.WithFailures.Result;
import org.apache.beam.sdk.util.RowJson.UnsupportedRowJsonException;
import org.apache.beam.sdk.values.KV;
import org.apache.beam.sdk.values.PCollection;
import org.apache.beam.sdk.values.Row;

/**
 * A pipeline that scores the rows of files, of a table or of a query, and writes them with the
 * outputs of the model to files or to a table. Runs on any runner that is on the class path, and is
 * Dataflow's flex template.
 */
public final class BertserveBulk {

  private BertserveBulk() {}

  /**
   * Builds and runs the pipeline of {@link BertserveBulkOptions}; whether it waits for the end is
   * up to the runner. Exits with 2, and one line on standard error, for options that are wrong.
   */
  public static void main(String[] args) {
    Pipeline pipeline;
    try {
      pipeline =
          build(
              PipelineOptionsFactory.fromArgs(args).withValidation().as(BertserveBulkOptions.class),
              new BigQueryTables(Optional.empty()));
    } catch (IllegalArgumentException | UncheckedIOException | UnsupportedRowJsonException e) {
      System.err.println("error: " + Reason.of(e));
      System.exit(2);
      return;
    }
    // Does not wait: a flex template's launcher must end
    pipeline.run();
  }

  /**
   * The pipeline, which has not been run. The model is open while it is built, and so is a file of
   * the input. Throws IllegalArgumentException for an option or for an input that cannot be read,
   * UncheckedIOException for such a model.
   */
  static Pipeline build(BertserveBulkOptions options, BigQueryTables tables) {
    Place output = Place.ofOutput("output", options.getOutput());
    Place errors =
        options.getErrors().isEmpty()
            ? output.errors()
            : Place.ofOutput("errors", options.getErrors());
    if (options.getInput().isEmpty() == options.getQuery().isEmpty()) {
      throw new IllegalArgumentException(
          "input: '" + options.getInput() + "' (expected: either input or query)");
    }
    FileSystems.setDefaultPipelineOptions(options);
    Pipeline pipeline = Pipeline.create(options);
    String signature = options.getSignature();
    ModelOptions modelOptions =
        new ModelOptions(
            options.getPrecision(),
            signature.isEmpty() ? Optional.empty() : Optional.of(signature));
    BertPredict predict = BertPredict.on(options.getModel()).withOptions(modelOptions);
    SharedModels.ask(
        ModelKey.of(options.getModel(), modelOptions),
        model -> {
          Columns columns = Columns.of(options, model);
          InputRows input = read(pipeline, options, columns, tables);
          Result<PCollection<Row>, KV<Row, String>> scored =
              input
                  .rows()
                  .apply(
                      chosen(predict, Columns.names(options.getOutputs()))
                          .rows(columns.texts().toArray(new String[0])));
          written(scored.output(), columns)
              .apply("Output", new OutputRows(output, tables, sizes(model)));
          ErrorRows.of(input, scored.failures())
              .apply("Errors", new OutputRows(errors, tables, Map.of()));
          return pipeline;
        });
    return pipeline;
  }

  private static InputRows read(
      Pipeline pipeline, BertserveBulkOptions options, Columns columns, BigQueryTables tables) {
    if (!options.getQuery().isEmpty()) {
      return tables.query(pipeline, options.getQuery(), columns);
    }
    Place input = Place.ofInput(options.getInput(), options.getInputFormat());
    return switch (input.kind()) {
      case TABLE -> tables.table(pipeline, input.name(), columns);
      case JSONL -> TextFiles.json(pipeline, input.name(), columns);
      case TEXT -> TextFiles.lines(pipeline, input.name(), columns);
      case CSV -> TextFiles.table(pipeline, input.name(), ',', columns);
      case TSV -> TextFiles.table(pipeline, input.name(), '\t', columns);
      case AVRO -> RecordFiles.avro(pipeline, input.name(), columns);
      case PARQUET -> RecordFiles.parquet(pipeline, input.name(), columns);
    };
  }

  private static Map<String, Integer> sizes(TextModel model) {
    return model.outputTypes().stream().collect(Collectors.toMap(Output::name, Output::size));
  }

  private static BertPredict chosen(BertPredict predict, List<String> names) {
    return names.isEmpty()
        ? predict
        : predict.withOutputs(Columns.chosen("outputs", predict.outputs(), names));
  }

  private static PCollection<Row> written(PCollection<Row> scored, Columns columns) {
    return columns.dropped().isEmpty()
        ? scored
        : scored.apply("Keys", DropFields.fields(columns.dropped().toArray(new String[0])));
  }
}
