package dev.bertserve.benchmarks.storage;

import dev.bertserve.server.storage.StorageFolder;
import dev.bertserve.server.storage.StorageSettings;
import dev.bertserve.server.storage.StoredFolder;
import dev.bertserve.server.storage.StoredObject;
import java.io.IOException;
import java.io.InputStream;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The download of a folder, relative to bare requests for the same parts over as many connections,
 * unchecked, from the same server. Prints the median of five rounds; at most 1.2 is the bar.
 *
 * <p>Arguments: the server's URL, gs://bucket/folder, a new folder for the files.
 */
public final class Download {

  private static final int ROUNDS = 5;
  private static final double BAR = 1.2;

  private Download() {}

  public static void main(String[] args) throws Exception {
    StorageFolder folder = StorageFolder.parse(args[1]);
    Path target = Files.createDirectories(Path.of(args[2]));
    StoredFolder listed = StoredFolder.list(folder, Map.of("STORAGE_EMULATOR_HOST", args[0]));
    listed.createFiles(target);
    double[] ratios = new double[ROUNDS];
    // The first round warms both up.
    for (int round = -1; round < ROUNDS; round++) {
      long start = System.nanoTime();
      bare(URI.create(args[0]), folder, listed.objects(), target);
      long middle = System.nanoTime();
      listed.download(listed.objects(), target, System.out::println);
      long end = System.nanoTime();
      double ratio = (double) (end - middle) / (middle - start);
      System.out.printf(
          "bare %.2f s, checked %.2f s, ratio %.3f%n",
          (middle - start) / 1e9, (end - middle) / 1e9, ratio);
      if (round >= 0) {
        ratios[round] = ratio;
      }
    }
    Arrays.sort(ratios);
    double median = ratios[ROUNDS / 2];
    System.out.printf("median %.3f (expected: at most %.1f)%n", median, BAR);
    System.exit(median <= BAR ? 0 : 1);
  }

  private static void bare(
      URI server, StorageFolder folder, List<StoredObject> objects, Path target) throws Exception {
    StorageSettings settings = StorageSettings.usual();
    ExecutorService threads = Executors.newFixedThreadPool(settings.connections());
    List<Future<?>> parts = new ArrayList<>();
    for (StoredObject object : objects) {
      String name = URLEncoder.encode(folder.path() + "/" + object.path(), StandardCharsets.UTF_8);
      URI uri =
          server.resolve("/download/storage/v1/b/" + folder.bucket() + "/o/" + name + "?alt=media");
      for (long from = 0; from < object.size(); from += settings.partBytes()) {
        long start = from;
        long end = Math.min(from + settings.partBytes(), object.size());
        parts.add(
            threads.submit(
                () -> {
                  copy(uri, start, end, object.in(target));
                  return null;
                }));
      }
    }
    for (Future<?> part : parts) {
      part.get();
    }
    threads.shutdown();
  }

  private static void copy(URI uri, long from, long to, Path file) throws IOException {
    HttpURLConnection connection = (HttpURLConnection) uri.toURL().openConnection();
    connection.setRequestProperty("Range", "bytes=" + from + "-" + (to - 1));
    try (InputStream in = connection.getInputStream();
        FileChannel out = FileChannel.open(file, StandardOpenOption.WRITE)) {
      out.transferFrom(Channels.newChannel(in), from, to - from);
    }
  }
}
