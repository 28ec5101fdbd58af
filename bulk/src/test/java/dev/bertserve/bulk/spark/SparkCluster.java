package dev.bertserve.bulk.spark;

import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;

/** A standalone cluster of Spark on this machine: a master and two workers, each a process. */
final class SparkCluster implements AutoCloseable {

  private static final long POLL_NANOS = 50_000_000;

  private final Path home;
  private final Path folder;
  private final String master;
  private final List<Process> processes = new ArrayList<>();

  private SparkCluster(Path home, Path folder, int port) {
    this.home = home;
    this.folder = folder;
    this.master = "spark://127.0.0.1:" + port;
  }

  /**
   * Starts one and waits until the workers are there.
   *
   * @param home of a distribution of Spark
   */
  static SparkCluster start(Path home, Path folder) throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    SparkCluster cluster = new SparkCluster(home, folder, port);
    String daemon = "org.apache.spark.deploy.";
    try {
      cluster.daemon(
          "master",
          daemon + "master.Master",
          "--port",
          Integer.toString(port),
          "--webui-port",
          "0");
      for (String worker : List.of("worker-1", "worker-2")) {
        cluster.daemon(
            worker,
            daemon + "worker.Worker",
            "--cores",
            "1",
            "--memory",
            "1g",
            "--webui-port",
            "0",
            cluster.master);
        cluster.await(worker, "Successfully registered with master");
      }
    } catch (IOException | RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  private void daemon(String name, String type, String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("bin/spark-class", type, "--host", "127.0.0.1"));
    command.addAll(List.of(arguments));
    processes.add(process(name, command).start());
  }

  /** Runs an application; returns its exit status. Its output is in the file {@code name}. */
  int submit(String name, List<String> arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of("bin/spark-submit", "--master", master));
    command.addAll(arguments);
    return process(name, command).start().waitFor();
  }

  private ProcessBuilder process(String name, List<String> command) {
    List<String> full = new ArrayList<>(command);
    full.set(0, home.resolve(command.get(0)).toString());
    ProcessBuilder builder =
        new ProcessBuilder(full)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name).toFile());
    builder.environment().put("SPARK_HOME", home.toString());
    // The package itself, and py4j beside it
    builder.environment().put("PYTHONPATH", String.valueOf(home.getParent()));
    builder.environment().put("SPARK_LOCAL_IP", "127.0.0.1");
    builder.environment().put("SPARK_WORKER_DIR", folder.resolve("work").toString());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    return builder;
  }

  private void await(String name, String text) throws IOException {
    while (!Files.readString(folder.resolve(name)).contains(text)) {
      if (processes.stream().anyMatch(process -> !process.isAlive())) {
        throw new AssertionError(name + ": " + Files.readString(folder.resolve(name)));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  @Override
  public void close() {
    processes.forEach(Process::destroy);
    processes.forEach(process -> process.onExit().join());
  }
}
