package dev.bertserve.server;

import dev.bertserve.server.config.ServeOptions;
import dev.bertserve.server.config.ServerSettings;
import dev.bertserve.server.inference.PredictRequest;
import dev.bertserve.server.inference.Prediction;
import dev.bertserve.server.inference.PredictionService;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import picocli.CommandLine;

/**
 * The server as it serves, but told by pipe instead of HTTP: the peer that {@code
 * benchmarks/peers/compare.py} holds against others. In the server's own package, because what it
 * measures is the server's own wiring.
 *
 * <p>Arguments: a folder with a file of texts for each workload, then what {@code serve} takes.
 * Each line {@code WORKLOAD ROWS ROWS_OF_A_REQUEST} on standard input is one round.
 */
public final class PipedServer {

  /** As many as the connections of the comparison over HTTP. */
  private static final int REQUESTS_IN_FLIGHT = 4;

  private static final Duration PATIENCE = Duration.ofMinutes(10);

  private final PredictionService service;
  private final Path folder;

  private PipedServer(PredictionService service, Path folder) {
    this.service = service;
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
    ServerSettings settings = options.settings(Runtime.getRuntime().availableProcessors());
    InferenceServer<?> server = InferenceServer.listen(settings);
    ServedModel<?> model =
        server.load(ModelLocation.of(settings.model(), Optional.empty(), Optional.empty()));
    answers.printf(
        Locale.ROOT, "{\"model\": \"%s\", \"java\": \"%s\"}%n", model.summary(), Runtime.version());
    PipedServer piped = new PipedServer(server.service(), Path.of(args[0]));
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
    List<PredictRequest> requests =
        requests(texts, Integer.parseInt(words[1]), Integer.parseInt(words[2]));
    Semaphore free = new Semaphore(words[2].equals("1") ? 1 : REQUESTS_IN_FLIGHT);
    List<CompletableFuture<Prediction>> predictions = new ArrayList<>(requests.size());
    long startNanos = System.nanoTime();
    for (PredictRequest request : requests) {
      free.acquire();
      predictions.add(
          service
              .predict(request)
              .whenComplete((prediction, failure) -> free.release())
              .toCompletableFuture());
    }
    CompletableFuture.allOf(predictions.toArray(new CompletableFuture<?>[0])).join();
    double seconds = (System.nanoTime() - startNanos) / 1e9;
    List<String> rows = new ArrayList<>();
    predictions.forEach(prediction -> addRows(prediction.join(), rows));
    return String.format(
        Locale.ROOT, "{\"seconds\": %.6f, \"answers\": [%s]}", seconds, String.join(",", rows));
  }

  /** The first {@code rows} texts, from the beginning again where they run out. */
  private static List<PredictRequest> requests(List<String> texts, int rows, int rowsOfRequest) {
    List<PredictRequest> requests = new ArrayList<>();
    for (int start = 0; start < rows; start += rowsOfRequest) {
      List<String[]> request = new ArrayList<>(rowsOfRequest);
      for (int row = start; row < Math.min(rows, start + rowsOfRequest); row++) {
        request.add(new String[] {texts.get(row % texts.size())});
      }
      requests.add(new PredictRequest(request, () -> false, PATIENCE));
    }
    return requests;
  }

  private static void addRows(Prediction prediction, List<String> rows) {
    for (int row = 0; row < prediction.rows(); row++) {
      List<String> numbers = new ArrayList<>();
      for (int output = 0; output < prediction.outputs().size(); output++) {
        int size = prediction.outputs().get(output).rowSize();
        for (int k = row * size; k < (row + 1) * size; k++) {
          numbers.add(Float.toString(prediction.values().get(output)[k]));
        }
      }
      rows.add(numbers.toString());
    }
  }
}
