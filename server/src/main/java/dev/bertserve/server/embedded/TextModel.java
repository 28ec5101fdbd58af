package dev.bertserve.server.embedded;

import dev.bertserve.server.failure.ServingException;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.InputSpec;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.server.serving.PredictRequest;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.PredictionService;
import dev.bertserve.server.wiring.InProcessModel;
import dev.bertserve.server.wiring.ModelLocation;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.Semaphore;
import java.util.function.Function;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A BERT SavedModel within this program: texts in, outputs out. Rows of all callers are batched
 * together, and the outputs of a row do not depend on the others. Any number of threads; any number
 * of models in one JVM.
 *
 * <pre>{@code
 * try (TextModel model = TextModel.open("/path/to/model")) {
 *   for (Outputs row : model.predict(List.of("a fine film", "dull"))) {
 *     System.out.println(row.score());
 *   }
 * }
 * }</pre>
 */
public final class TextModel implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(TextModel.class);

  private static final int MAX_ROWS_IN_FLIGHT = 4_096;

  private final InProcessModel model;
  private final PredictionService service;
  private final int maxRows;

  /** Names of all inputs; a row may lack those from {@link #required} on. */
  private final List<String> inputs;

  private final int required;

  /** Rows that may still be added to those in flight. */
  private final Semaphore room = new Semaphore(MAX_ROWS_IN_FLIGHT, true);

  private TextModel(InProcessModel model) {
    this.model = model;
    this.service = model.service();
    this.inputs = service.signature().inputNames();
    this.required = service.signature().required().size();
    this.maxRows = Math.min(MAX_ROWS_IN_FLIGHT, service.maxRows());
  }

  /** Opens a model with {@link ModelOptions#DEFAULT}. */
  public static TextModel open(String location) throws IOException {
    return open(location, ModelOptions.DEFAULT);
  }

  /**
   * Loads and warms up a model, which takes seconds.
   *
   * @param location a folder with a SavedModel or a prepared model, or gs://bucket/folder, as
   *     {@code bertserve serve} takes it; empty for the built-in model of a distribution
   * @throws IllegalArgumentException if there is no such folder, or if the model takes inputs
   *     beside texts
   * @throws RuntimeException if the model cannot be served; one line says why
   */
  public static TextModel open(String location, ModelOptions options) throws IOException {
    InProcessModel model =
        InProcessModel.open(
            ModelLocation.of(location, options.signature(), Optional.empty()),
            options.engine(),
            List.of(),
            LOG::info);
    List<InputSpec> others = model.service().signature().others();
    if (!others.isEmpty()) {
      model.close();
      throw new IllegalArgumentException(
          "inputs: " + others.stream().map(InputSpec::name).toList() + " (expected: texts only)");
    }
    return new TextModel(model);
  }

  /** Names of the inputs that rows must have, in the order in which a row has its texts. */
  public List<String> inputs() {
    return inputs.subList(0, required);
  }

  /**
   * Names of the inputs of which a row may have texts after those of {@link #inputs}: {@code
   * text_pair} of a model that takes token ids.
   */
  public List<String> optionalInputs() {
    return inputs.subList(required, inputs.size());
  }

  /** Whether a row may have {@code texts} texts. */
  public boolean takes(int texts) {
    return texts >= required && texts <= inputs.size();
  }

  /** Names of the outputs, in the order of the signature. */
  public List<String> outputs() {
    return service.signature().outputs().stream().map(OutputSpec::name).toList();
  }

  /** Type and shape of each output, in the order of the signature. */
  public List<Output> outputTypes() {
    return service.signature().outputs().stream().map(Output::of).toList();
  }

  /** The largest number of rows of one {@link #predictAsync}. */
  public int maxRows() {
    return maxRows;
  }

  /**
   * Scores texts with a model of one input; blocks until done. Returns one entry per text, in
   * order.
   */
  public List<Outputs> predict(List<String> texts) {
    return predictRows(rows(texts));
  }

  /** The same for rows of one text per input, such as pairs; an optional one may be missing. */
  public List<Outputs> predictRows(List<List<String>> rows) {
    List<Outputs> outputs = new ArrayList<>(rows.size());
    predictAllRows(rows.iterator()).forEachRemaining(outputs::add);
    return outputs;
  }

  /**
   * Starts to score at most {@link #maxRows} texts. The future fails with
   * RejectedExecutionException if too many rows are in flight, and with the reason if the rows
   * cannot be scored. Actions that depend on it run where those of {@link
   * CompletableFuture#supplyAsync} do, so they may wait for other rows of the model.
   */
  public CompletableFuture<List<Outputs>> predictAsync(List<String> texts) {
    if (texts.size() > maxRows) {
      throw new IllegalArgumentException(
          "texts: " + texts.size() + " (expected: at most " + maxRows + ")");
    }
    if (!room.tryAcquire(texts.size())) {
      return CompletableFuture.failedFuture(
          new RejectedExecutionException(
              "rows in flight: " + MAX_ROWS_IN_FLIGHT + " (expected: fewer)"));
    }
    return started(texts.size(), () -> rows(texts)).thenApplyAsync(Function.identity());
  }

  private static List<List<String>> rows(List<String> texts) {
    return texts.stream().map(Collections::singletonList).toList();
  }

  /**
   * Scores any number of texts at the full speed of the machine. The result reads ahead of its
   * caller by a few thousand texts and no more; {@link Iterator#next} blocks until the next row is
   * scored, and throws if it cannot be: a ServingException, whose kind says whether the row or the
   * model failed. For one thread.
   */
  public Iterator<Outputs> predictAll(Iterator<String> texts) {
    return predictAllRows(
        new Iterator<>() {
          @Override
          public boolean hasNext() {
            return texts.hasNext();
          }

          @Override
          public List<String> next() {
            return Collections.singletonList(texts.next());
          }
        });
  }

  /** The same for rows of one text per input, such as pairs; an optional one may be missing. */
  public Iterator<Outputs> predictAllRows(Iterator<List<String>> rows) {
    return new OrderedOutputs(rows, maxRows, this::whenRoom);
  }

  /** Waits until {@code rows} fit among those in flight, and starts them. */
  private CompletableFuture<List<Outputs>> whenRoom(List<List<String>> rows) {
    room.acquireUninterruptibly(rows.size());
    return started(rows.size(), () -> rows);
  }

  private CompletableFuture<List<Outputs>> started(int count, Supplier<List<List<String>>> rows) {
    CompletableFuture<List<Outputs>> outputs;
    try {
      outputs =
          service
              .predict(new PredictRequest(texts(rows.get()), Caller.inProcess(System.nanoTime())))
              .thenApply(TextModel::closed)
              .toCompletableFuture();
    } catch (ServingException e) {
      outputs = CompletableFuture.failedFuture(e);
    } catch (RuntimeException | Error e) {
      room.release(count);
      throw e;
    }
    return outputs.whenComplete((result, failure) -> room.release(count));
  }

  private List<String[]> texts(List<List<String>> rows) {
    List<String[]> texts = new ArrayList<>(rows.size());
    for (List<String> row : rows) {
      if (!takes(row.size())) {
        throw new IllegalArgumentException(
            "row: "
                + row.size()
                + " texts (expected: "
                + required
                + (required == inputs.size() ? "" : " to " + inputs.size())
                + ", for "
                + inputs
                + ")");
      }
      String[] copy = row.toArray(String[]::new);
      for (String text : copy) {
        if (text == null) {
          throw new IllegalArgumentException("text: null (expected: a string)");
        }
      }
      texts.add(copy);
    }
    return texts;
  }

  private static List<Outputs> closed(Prediction prediction) {
    try (prediction) {
      return Outputs.of(prediction);
    }
  }

  /** Finishes the rows in flight, then frees the model's memory. */
  @Override
  public void close() {
    model.close();
  }
}
