package dev.bertserve.benchmarks.load;

import dev.bertserve.server.cli.ServeOptions;
import dev.bertserve.server.serving.Caller;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.ModelLease;
import dev.bertserve.server.serving.ModelSource;
import dev.bertserve.server.serving.PredictRequest;
import dev.bertserve.server.serving.Prediction;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.wiring.InferenceServer;
import dev.bertserve.server.wiring.ModelLocation;
import dev.bertserve.server.wiring.ServerSettings;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Semaphore;
import picocli.CommandLine;

/**
 * The server with requests through a pipe instead of HTTP: the peer that {@code
 * benchmarks/peers/compare.py} compares with others.
 *
 * <p>Arguments: a folder with a file of texts for each workload, then what {@code serve} takes.
 * Each line {@code WORKLOAD ROWS ROWS_OF_A_REQUEST} on standard input is one round.
 */
public final class PipedServer {

  /** Equal to the number of connections of the comparison over HTTP. */
  private static final int REQUESTS_IN_FLIGHT = 4;

  private final ModelSource models;
  private final Path folder;

  private PipedServer(ModelSource models, Path folder) {
    this.models = models;
    this.folder = folder;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    PrintStream answers =
        new PrintStream(
            new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8.name());
    System.setOut(System.err);
    ServeOptions options = new ServeOptions();
    new CommandLine(options)
        .setCaseInsensitiveEnumValuesAllowed(true)
        .parseArgs(List.of(args).subList(1, args.length).toArray(new String[0]));
    ServerSettings settings =
        options.settings(
            Runtime.getRuntime().availableProcessors(), Runtime.getRuntime().maxMemory());
    InferenceServer server = InferenceServer.listen(settings);
    Servable model =
        server.load(
            ModelLocation.of(
                settings.models().named().get(0).path(), Optional.empty(), Optional.empty()));
    answers.printf(
        Locale.ROOT, "{\"model\": \"%s\", \"java\": \"%s\"}%n", model.summary(), Runtime.version());
    PipedServer piped = new PipedServer(server.models(), Path.of(args[0]));
    try (BufferedReader lines =
        new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        answers.println(piped.round(line.split(" ", 3)));
      }
    }
    server.stop(settings.drainTimeout());
  }

  private String round(String[] words) throws IOException, InterruptedException {
    List<String> texts = Files.readAllLines(folder.resolve(words[0] + ".txt"));
    List<List<String[]>> requests =
        requests(texts, Integer.parseInt(words[1]), Integer.parseInt(words[2]));
    Semaphore free = new Semaphore(words[2].equals("1") ? 1 : REQUESTS_IN_FLIGHT);
    List<CompletableFuture<Prediction>> predictions = new ArrayList<>(requests.size());
    long startNanos = System.nanoTime();
    for (List<String[]> request : requests) {
      free.acquire();
      predictions.add(
          predict(request)
              .whenComplete(
                  (prediction, failure) -> {
                    if (prediction != null) {
                      prediction.close();
                    }
                    free.release();
                  })
              .toCompletableFuture());
    }
    CompletableFuture.allOf(predictions.toArray(new CompletableFuture<?>[0])).join();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    List<String> rows = new ArrayList<>();
    predictions.forEach(prediction -> addRows(prediction.join(), rows));
    return String.format(
        Locale.ROOT, "{\"seconds\": %.6f, \"answers\": [%s]}", seconds, String.join(",", rows));
  }

  private CompletionStage<Prediction> predict(List<String[]> rows) {
    try (ModelLease lease = models.lease()) {
      return lease.model().predict(new PredictRequest(rows, Caller.inProcess(System.nanoTime())));
    }
  }

  /** The first {@code rows} texts, starting again from the beginning if there are fewer. */
  private static List<List<String[]>> requests(List<String> texts, int rows, int rowsOfRequest) {
    List<List<String[]>> requests = new ArrayList<>();
    for (int start = 0; start < rows; start += rowsOfRequest) {
      List<String[]> request = new ArrayList<>(rowsOfRequest);
      for (int row = start; row < Math.min(rows, start + rowsOfRequest); row++) {
        request.add(new String[] {texts.get(row % texts.size())});
      }
      requests.add(request);
    }
    return requests;
  }

  private static void addRows(Prediction prediction, List<String> rows) {
    for (int row = 0; row < prediction.rows(); row++) {
      List<String> numbers = new ArrayList<>();
      for (int output = 0; output < prediction.outputs().size(); output++) {
        int size = prediction.outputs().get(output).rowSize();
        float[] values = ((Column.Floats) prediction.values().get(output)).values();
        for (int k = row * size; k < (row + 1) * size; k++) {
          numbers.add(Float.toString(values[k]));
        }
      }
      rows.add(numbers.toString());
    }
  }
}
