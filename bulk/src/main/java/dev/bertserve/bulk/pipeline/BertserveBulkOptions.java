package dev.bertserve.bulk.pipeline;

import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.PipelineOptions;
import org.apache.beam.sdk.options.Validation;

/**
 * Options of {@link BertserveBulk}; an empty one takes its default. The template's metadata has the
 * same names and descriptions.
 */
public interface BertserveBulkOptions extends PipelineOptions {

  @Description("Folder of the SavedModel: gs://bucket/folder, or a path that each worker has.")
  @Validation.Required
  String getModel();

  void setModel(String model);

  @Description(
      "What is scored: a pattern of files, such as gs://bucket/reviews-*.avro, or a table,"
          + " bq://project.dataset.table. Files are JSON lines, text (.txt), CSV (.csv, .tsv), Avro"
          + " (.avro) or Parquet (.parquet).")
  @Default.String("")
  String getInput();

  void setInput(String input);

  @Description("A query in GoogleSQL whose rows are scored, instead of input.")
  @Default.String("")
  String getQuery();

  void setQuery(String query);

  @Description(
      "Format of the input files, if their names do not tell it: jsonl, text, csv, tsv, avro or"
          + " parquet.")
  @Default.String("")
  String getInputFormat();

  void setInputFormat(String format);

  @Description(
      "Where scored rows go: files, such as gs://bucket/scores.parquet (.jsonl, .csv, .tsv, each"
          + " also as .gz or .zst, .avro, .parquet), whose names get the number of the part, or a"
          + " table that is absent or empty, bq://project.dataset.table.")
  @Validation.Required
  String getOutput();

  void setOutput(String output);

  @Description(
      "Where rows that cannot be scored go, with the reason: JSON lines, or a table that is absent"
          + " or empty. Default: the name of the output with _errors.")
  @Default.String("")
  String getErrors();

  void setErrors(String errors);

  @Description(
      "Columns with the texts, in the order of the model's inputs, separated by commas. Default:"
          + " the names of the model's inputs.")
  @Default.String("")
  String getTexts();

  void setTexts(String texts);

  @Description(
      "Columns that are handed through instead of the texts, separated by commas. In JSON lines"
          + " and CSV they are strings, or have a type: id:INT64, weight:DOUBLE, spam:BOOLEAN.")
  @Default.String("")
  String getKeys();

  void setKeys(String keys);

  @Description("Outputs of the model that are written, separated by commas. Default: all.")
  @Default.String("")
  String getOutputs();

  void setOutputs(String outputs);

  @Description("Number format of the computation: auto, fp32, bf16, fp16 or int8.")
  @Default.String("auto")
  String getPrecision();

  void setPrecision(String precision);

  @Description("Signature of the SavedModel. Default: serving_default, else the only one.")
  @Default.String("")
  String getSignature();

  void setSignature(String signature);
}
