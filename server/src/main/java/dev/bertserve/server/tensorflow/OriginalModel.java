package dev.bertserve.server.tensorflow;

import dev.bertserve.server.inference.ModelSignature;
import dev.bertserve.server.tensorflow.graph.UnsupportedModelException;
import dev.bertserve.server.tensorflow.prepare.TextSignature;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.tensorflow.Result;
import org.tensorflow.SavedModelBundle;
import org.tensorflow.Session;
import org.tensorflow.Tensor;
import org.tensorflow.exceptions.TensorFlowException;
import org.tensorflow.ndarray.NdArray;
import org.tensorflow.ndarray.NdArrays;
import org.tensorflow.ndarray.Shape;
import org.tensorflow.ndarray.buffer.DataBuffers;
import org.tensorflow.types.TBfloat16;
import org.tensorflow.types.TFloat16;
import org.tensorflow.types.TFloat32;
import org.tensorflow.types.TFloat64;
import org.tensorflow.types.TInt32;
import org.tensorflow.types.TInt64;
import org.tensorflow.types.TString;

/** A SavedModel's graph as it stands, text ops included. Any thread, several at once. */
public final class OriginalModel implements AutoCloseable {

  private static final String SERVE_TAG = "serve";

  private final SavedModelBundle bundle;
  private final TextSignature signature;

  private OriginalModel(SavedModelBundle bundle, TextSignature signature) {
    this.bundle = bundle;
    this.signature = signature;
  }

  /** Opens the model in {@code folder} after the libraries that its ops come from. */
  public static OriginalModel open(Path folder, List<Path> opLibraries) throws IOException {
    TextSignature signature = TextSignature.read(folder);
    OpLibraries.load(opLibraries);
    try {
      SavedModelBundle bundle =
          SavedModelBundle.loader(folder.toString()).withTags(SERVE_TAG).load();
      return new OriginalModel(bundle, signature);
    } catch (TensorFlowException e) {
      throw new UnsupportedModelException(
          folder
              + ": "
              + String.valueOf(e.getMessage()).replaceAll("\\s*\\R\\s*", " ")
              + " (expected: a graph of known ops, or their library)",
          e);
    }
  }

  /** Texts in and numbers out, each in alphabetical order. */
  public ModelSignature signature() {
    return signature.signature();
  }

  /** Scores rows of texts, in the order of the signature's inputs; one array an output. */
  public List<float[]> run(List<String[]> rows) {
    List<Tensor> fed = new ArrayList<>();
    try {
      Session.Runner runner = bundle.session().runner();
      for (int input = 0; input < signature.feeds().size(); input++) {
        Tensor texts = texts(rows, input);
        fed.add(texts);
        runner.feed(signature.feeds().get(input), texts);
      }
      signature.fetches().forEach(runner::fetch);
      try (Result result = runner.run()) {
        List<float[]> answers = new ArrayList<>();
        for (int output = 0; output < result.size(); output++) {
          answers.add(floats(result.get(output)));
        }
        return answers;
      }
    } finally {
      fed.forEach(Tensor::close);
    }
  }

  private static Tensor texts(List<String[]> rows, int input) {
    NdArray<byte[]> bytes = NdArrays.ofObjects(byte[].class, Shape.of(rows.size()));
    for (int row = 0; row < rows.size(); row++) {
      bytes.setObject(utf8(rows.get(row)[input]), row);
    }
    return TString.tensorOfBytes(bytes);
  }

  /** An unpaired surrogate becomes three bytes, as the tokenizer has it. */
  private static byte[] utf8(String text) {
    byte[] bytes = new byte[3 * text.length()];
    int size = 0;
    for (int at = 0; at < text.length(); ) {
      int codePoint = text.codePointAt(at);
      at += Character.charCount(codePoint);
      int more = codePoint < 0x80 ? 0 : codePoint < 0x800 ? 1 : codePoint < 0x10000 ? 2 : 3;
      int lead = more == 0 ? 0 : (0xf00 >> (more + 1)) & 0xff;
      bytes[size++] = (byte) (lead | (codePoint >> (6 * more)));
      for (int i = more - 1; i >= 0; i--) {
        bytes[size++] = (byte) (0x80 | ((codePoint >> (6 * i)) & 0x3f));
      }
    }
    return Arrays.copyOf(bytes, size);
  }

  private static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(tensor.shape().size())];
    if (tensor instanceof TFloat32 floats) {
      floats.copyTo(DataBuffers.of(values));
    } else if (tensor instanceof TFloat16 halves) {
      halves.copyTo(DataBuffers.of(values));
    } else if (tensor instanceof TBfloat16 halves) {
      halves.copyTo(DataBuffers.of(values));
    } else if (tensor instanceof TFloat64 doubles) {
      double[] wide = new double[values.length];
      doubles.copyTo(DataBuffers.of(wide));
      for (int i = 0; i < wide.length; i++) {
        values[i] = (float) wide[i];
      }
    } else if (tensor instanceof TInt64 longs) {
      long[] wide = new long[values.length];
      longs.copyTo(DataBuffers.of(wide));
      for (int i = 0; i < wide.length; i++) {
        values[i] = wide[i];
      }
    } else {
      int[] wide = new int[values.length];
      ((TInt32) tensor).copyTo(DataBuffers.of(wide));
      for (int i = 0; i < wide.length; i++) {
        values[i] = wide[i];
      }
    }
    return values;
  }

  @Override
  public void close() {
    bundle.close();
  }
}
