package dev.bertserve.server.tensorflow;

import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.savedmodel.TextSignature;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.EncodedRow;
import dev.bertserve.server.serving.Engine;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.ModelSignature;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.TextRow;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.TensorFlow;
import org.tensorflow.exceptions.TensorFlowException;

/** An engine over a SavedModel's original graph, including its text ops. */
public final class OriginalModel implements Engine {

  private static final String SERVE_TAG = "serve";

  /**
   * A row counts as one token, since the graph pads all rows to the same length. Rows are not
   * padded.
   */
  private static final BatchShapes SHAPES =
      new BatchShapes(
          List.of(new BatchShape(64, 1), new BatchShape(16, 1), new BatchShape(1, 1)), 1);

  private final SavedModelBundle bundle;
  private final TextSignature signature;

  /** Determined once, since the name of a GPU takes a process. */
  private final Device device = Device.ofThisMachine();

  private OriginalModel(SavedModelBundle bundle, TextSignature signature) {
    this.bundle = bundle;
    this.signature = signature;
  }

  /** Loads the libraries, then opens the model in {@code folder}. */
  public static OriginalModel open(
      Path folder, Optional<String> signatureName, List<Path> opLibraries, int threadsPerRun)
      throws IOException {
    TextSignature signature = read(folder, signatureName, opLibraries);
    try {
      SavedModelBundle bundle =
          SavedModelBundle.loader(folder.toString())
              .withTags(SERVE_TAG)
              .withConfigProto(SessionConfig.of(threadsPerRun, 0))
              .load();
      return new OriginalModel(bundle, signature);
    } catch (TensorFlowException e) {
      throw new UnsupportedModelException(
          folder
              + ": "
              + Reason.of(e)
              + " (expected: a graph that TensorFlow "
              + TensorFlow.version()
              + " can load)",
          e);
    }
  }

  /**
   * Reads the signature of the model in {@code folder} and loads the libraries, which must have all
   * ops that TensorFlow lacks.
   */
  public static TextSignature read(
      Path folder, Optional<String> signatureName, List<Path> opLibraries) throws IOException {
    TextSignature signature = TextSignature.read(folder, signatureName);
    OpLibraries.load(opLibraries);
    requireOps(folder, signature.ops());
    return signature;
  }

  private static void requireOps(Path folder, Set<String> ops) {
    OpDefinitions definitions = new OpDefinitions();
    Set<String> missing = new TreeSet<>(ops);
    missing.removeIf(op -> definitions.of(op).isPresent());
    if (!missing.isEmpty()) {
      throw new UnsupportedModelException(
          folder
              + ": ops "
              + missing
              + " (expected: ops of TensorFlow "
              + TensorFlow.version()
              + " or of a library given by --op-library)");
    }
  }

  public String signatureName() {
    return signature.name();
  }

  public ModelSignature signature() {
    return signature.signature();
  }

  @Override
  public List<OutputSpec> outputs() {
    return signature().outputs();
  }

  @Override
  public List<Column> run(BatchPlan<EncodedRow> batch) {
    return run(batch.rows());
  }

  /** Scores any number of {@link TextRow}s in one run. */
  public List<Column> run(List<? extends EncodedRow> rows) {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = bundle.session().runner();
      List<InputSpec> inputs = signature().inputs();
      for (int i = 0; i < inputs.size(); i++) {
        Tensor values =
            ColumnMarshaller.tensor(
                column(rows, i),
                inputs.get(i).type(),
                ColumnMarshaller.shape(rows.size(), inputs.get(i).rowShape()));
        fed.add(values);
        runner.feed(signature.feeds().get(i), values);
      }
      signature.fetches().forEach(runner::fetch);
      try (Result result = RejectedValue.run(runner)) {
        List<Column> values = new ArrayList<>();
        for (int i = 0; i < result.size(); i++) {
          values.add(column(result.get(i), rows.size(), outputs().get(i)));
        }
        return values;
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  /** Values of input {@code place} of all rows. */
  private Column column(List<? extends EncodedRow> rows, int place) {
    InputSpec input = signature().inputs().get(place);
    int texts = signature().texts().size();
    int size = input.rowSize();
    Column column = Column.ofSize(input.type(), rows.size() * size);
    for (int i = 0; i < rows.size(); i++) {
      TextRow row = (TextRow) rows.get(i);
      Column values =
          place < texts
              ? new Column.Texts(new String[] {row.texts().get(place)})
              : row.others().get(place - texts);
      values.copyTo(0, column, i * size, size);
    }
    return column;
  }

  private static Column column(Tensor tensor, int rows, OutputSpec output) {
    if (tensor.shape().size() != (long) rows * output.rowSize()) {
      throw new UnsupportedModelException(
          "output "
              + output.name()
              + ": "
              + tensor.shape()
              + " for "
              + rows
              + " rows (expected: "
              + output.rowShape()
              + " for each)");
    }
    return ColumnMarshaller.column(tensor);
  }

  @Override
  public BatchShapes shapes() {
    return SHAPES;
  }

  @Override
  public void runPadding(BatchShape shape) {
    run(Collections.nCopies(shape.maxRows(), emptyRow()));
  }

  private TextRow emptyRow() {
    List<Column> others = new ArrayList<>();
    for (InputSpec input : signature().others()) {
      others.add(Column.zeros(input.type(), input.rowSize()));
    }
    return new TextRow(Collections.nCopies(signature().texts().size(), ""), others);
  }

  /** Largest useful number of concurrent batches. */
  public int maxRunners() {
    return device.maxRunners();
  }

  /** The device, and why it was chosen; for the log. */
  public String device() {
    return device.reason();
  }

  @Override
  public void close() {
    bundle.close();
  }
}
