package dev.bertserve.server.tensorflow;

import dev.bertserve.server.failure.Reason;
import dev.bertserve.server.inference.Engine;
import dev.bertserve.server.inference.ModelSignature;
import dev.bertserve.server.inference.OutputSpec;
import dev.bertserve.server.inference.TileShape;
import dev.bertserve.server.tensorflow.graph.UnsupportedModelException;
import dev.bertserve.server.tensorflow.prepare.TextSignature;
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
import org.tensorflow.proto.OpDef;

/** A SavedModel's graph as it stands, text ops included. */
public final class OriginalModel implements Engine<List<String>> {

  private static final String SERVE_TAG = "serve";

  /** Every batch is one tile; a text counts as one token, since the graph pads all texts alike. */
  private static final List<TileShape> SHAPES =
      List.of(new TileShape(64, 1), new TileShape(16, 1), new TileShape(1, 1));

  private final SavedModelBundle bundle;
  private final TextSignature signature;

  /** Asked once: a GPU's name takes a process of its own. */
  private final Device device = Device.ofThisMachine();

  private OriginalModel(SavedModelBundle bundle, TextSignature signature) {
    this.bundle = bundle;
    this.signature = signature;
  }

  /** Opens the model in {@code folder} after the libraries that its ops come from. */
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
   * Reads what the model in {@code folder} takes and gives, and loads the libraries; they must have
   * the ops that TensorFlow lacks.
   */
  public static TextSignature read(
      Path folder, Optional<String> signatureName, List<Path> opLibraries) throws IOException {
    TextSignature signature = TextSignature.read(folder, signatureName);
    OpLibraries.load(opLibraries);
    requireOps(folder, signature.ops());
    return signature;
  }

  private static void requireOps(Path folder, Set<String> ops) {
    Set<String> missing = new TreeSet<>(ops);
    for (OpDef op : TensorFlow.registeredOpList().getOpList()) {
      missing.remove(op.getName());
    }
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

  /** Texts in and numbers out. */
  public ModelSignature signature() {
    return signature.signature();
  }

  @Override
  public List<OutputSpec> outputs() {
    return signature().outputs();
  }

  @Override
  public List<float[]> run(List<List<String>> rows) {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = bundle.session().runner();
      for (int input = 0; input < signature.feeds().size(); input++) {
        TextSignature.Feed feed = signature.feeds().get(input);
        Tensor texts = TextMarshaller.toTensor(rows, input, feed.rowShape());
        fed.add(texts);
        runner.feed(feed.tensor(), texts);
      }
      signature.fetches().forEach(runner::fetch);
      try (Result result = runner.run()) {
        List<float[]> answers = new ArrayList<>();
        for (int i = 0; i < result.size(); i++) {
          answers.add(TextMarshaller.floats(result.get(i), rows.size(), outputs().get(i)));
        }
        return answers;
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  @Override
  public int paddedTokens(List<List<String>> rows) {
    return rows.size();
  }

  @Override
  public List<TileShape> shapes() {
    return SHAPES;
  }

  @Override
  public void runPadding(TileShape shape) {
    run(Collections.nCopies(shape.rows(), Collections.nCopies(signature.feeds().size(), "")));
  }

  /** Batches side by side of which more gain nothing. */
  public int mostRunners() {
    return device.mostRunners();
  }

  /** What the graph runs on, and why on that; for the log. */
  public String device() {
    return device.reason();
  }

  @Override
  public void close() {
    bundle.close();
  }
}
