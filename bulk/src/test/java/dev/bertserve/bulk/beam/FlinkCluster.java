package dev.bertserve.bulk.beam;

import static java.util.Map.entry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/** A cluster of Flink on this machine: a job manager and task managers, each a process. */
final class FlinkCluster implements AutoCloseable {

  private static final String MANAGER = "manager";
  private static final long POLL_NANOS = 50_000_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  /** Those of Flink's own configuration that are needed here. */
  private static final List<String> OPENED =
      List.of("java.lang", "java.net", "java.io", "java.nio", "java.time", "java.util");

  private static final Map<String, Object> CONFIG =
      Map.ofEntries(
          entry("jobmanager.rpc.address", "127.0.0.1"),
          entry("jobmanager.bind-host", "127.0.0.1"),
          entry("jobmanager.memory.process.size", "1g"),
          entry("rest.address", "127.0.0.1"),
          entry("rest.bind-address", "127.0.0.1"),
          entry("taskmanager.host", "127.0.0.1"),
          entry("taskmanager.bind-host", "127.0.0.1"),
          entry("taskmanager.numberOfTaskSlots", 2),
          // What Flink's scripts compute of the memory of the process
          entry("taskmanager.cpu.cores", 2),
          entry("taskmanager.memory.framework.heap.size", "128m"),
          entry("taskmanager.memory.framework.off-heap.size", "64m"),
          entry("taskmanager.memory.task.heap.size", "256m"),
          entry("taskmanager.memory.task.off-heap.size", "0"),
          entry("taskmanager.memory.managed.size", "64m"),
          entry("taskmanager.memory.network.min", "256m"),
          entry("taskmanager.memory.network.max", "256m"),
          entry("taskmanager.memory.jvm-metaspace.size", "256m"),
          entry("taskmanager.memory.jvm-overhead.min", "128m"),
          entry("taskmanager.memory.jvm-overhead.max", "128m"),
          // A worker that is gone is noticed in a second
          entry("heartbeat.interval", 500),
          // As docs/bulk.md says
          entry(
              "classloader.parent-first-patterns.additional",
              "dev.bertserve;org.tensorflow;org.bytedeco"));

  private static final String LOG_CONFIG = "log4j.properties";
  private static final List<String> LOGGING =
      List.of(
          "rootLogger.level = INFO",
          "rootLogger.appenderRef.console.ref = console",
          "appender.console.name = console",
          "appender.console.type = CONSOLE",
          "appender.console.layout.type = PatternLayout",
          "appender.console.layout.pattern = %d{HH:mm:ss.SSS} %p %c{1} %m%n");

  private final String classpath;
  private final Path folder;
  private final int restPort;
  private final Map<String, Process> processes = new LinkedHashMap<>();
  private final List<Process> clients = new ArrayList<>();
  private final HttpClient http = HttpClient.newHttpClient();

  private FlinkCluster(String classpath, Path folder, int restPort) {
    this.classpath = classpath;
    this.folder = folder;
    this.restPort = restPort;
  }

  /**
   * Starts a job manager.
   *
   * @param jars of Flink, and those that its workers have beside it
   * @param folder for the configuration and the logs
   */
  static FlinkCluster start(List<Path> jars, Path folder) throws IOException {
    int rpcPort;
    int restPort;
    try (ServerSocket rpc = new ServerSocket(0);
        ServerSocket rest = new ServerSocket(0)) {
      rpcPort = rpc.getLocalPort();
      restPort = rest.getLocalPort();
    }
    Map<String, Object> config = new TreeMap<>(CONFIG);
    config.put("jobmanager.rpc.port", rpcPort);
    config.put("rest.port", restPort);
    config.put("io.tmp.dirs", folder);
    Files.write(
        folder.resolve("config.yaml"),
        config.entrySet().stream().map(entry -> entry.getKey() + ": " + entry.getValue()).toList());
    Files.write(folder.resolve(LOG_CONFIG), LOGGING);
    Path lib = Files.createDirectory(folder.resolve("lib"));
    for (Path jar : jars) {
      Files.copy(jar, lib.resolve(jar.getFileName()));
    }
    FlinkCluster cluster = new FlinkCluster(lib + "/*", folder, restPort);
    cluster.daemon(
        MANAGER,
        List.of(),
        "org.apache.flink.runtime.entrypoint.StandaloneSessionClusterEntrypoint");
    return cluster;
  }

  /** Starts task managers with two slots each, and waits until they are there. */
  void startWorkers(List<String> options, String... names) throws IOException {
    for (String name : names) {
      daemon(name, options, "org.apache.flink.runtime.taskexecutor.TaskManagerRunner");
    }
    for (String name : names) {
      await(name, () -> log(name).contains("Successful registration at resource manager"));
    }
  }

  /** Kills a task manager by SIGKILL. */
  void kill(String name) {
    processes.remove(name).destroyForcibly().onExit().join();
  }

  /**
   * Starts a program that submits a pipeline, with options for Beam's Flink runner.
   *
   * @param jars of the pipeline, which go to the workers
   */
  Process submit(String name, List<Path> jars, String type, List<String> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(java());
    command.addAll(List.of("-cp", join(jars) + File.pathSeparator + classpath, type));
    command.addAll(arguments);
    command.add("--runner=FlinkRunner");
    command.add("--flinkMaster=127.0.0.1:" + restPort);
    command.add("--parallelism=4");
    command.add("--filesToStage=" + String.join(",", jars.stream().map(Path::toString).toList()));
    Process client = process(name, command);
    clients.add(client);
    return client;
  }

  /** Waits like {@link #await}, while the job that runs makes one checkpoint after the other. */
  void checkpointUntil(String name, BooleanSupplier done) {
    await(
        name,
        () -> {
          checkpoint();
          return done.getAsBoolean();
        });
  }

  /** Returns when the checkpoint, or the job, has ended. */
  private void checkpoint() {
    for (String job : running()) {
      String checkpoints = "/jobs/" + job + "/checkpoints";
      JsonNode trigger = call("POST", checkpoints, "{\"checkpointType\":\"FULL\"}");
      String state = checkpoints + "/" + trigger.path("request-id").asText();
      await(
          MANAGER,
          () ->
              !call("GET", state, "").at("/status/id").asText().equals("IN_PROGRESS")
                  || !running().contains(job));
    }
  }

  private Set<String> running() {
    Set<String> running = new HashSet<>();
    for (JsonNode job : call("GET", "/jobs", "").path("jobs")) {
      if (job.get("status").textValue().equals("RUNNING")) {
        running.add(job.get("id").textValue());
      }
    }
    return running;
  }

  /** The task managers that are there. */
  Set<String> workers() {
    Set<String> workers = new HashSet<>(processes.keySet());
    workers.remove(MANAGER);
    return workers;
  }

  private JsonNode call(String method, String path, String body) {
    HttpRequest request =
        HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + restPort + path))
            .method(method, HttpRequest.BodyPublishers.ofString(body))
            .header("Content-Type", "application/json")
            .build();
    try {
      return JSON.readTree(http.send(request, HttpResponse.BodyHandlers.ofString()).body());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  String log(String name) {
    try {
      return Files.readString(folder.resolve(name));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until {@code done}. Fails with the log of {@code name} if a process fails before. */
  void await(String name, BooleanSupplier done) {
    while (!done.getAsBoolean()) {
      if (processes.values().stream().anyMatch(process -> !process.isAlive())
          || clients.stream().anyMatch(client -> !client.isAlive() && client.exitValue() != 0)) {
        throw new AssertionError(name + ": " + log(name));
      }
      LockSupport.parkNanos(POLL_NANOS);
    }
  }

  private void daemon(String name, List<String> options, String type) throws IOException {
    List<String> command = new ArrayList<>(java());
    command.addAll(options);
    command.add("-Dlog4j.configurationFile=" + folder.resolve(LOG_CONFIG));
    command.addAll(List.of("-cp", classpath, type, "-c", folder.toString()));
    processes.put(name, process(name, command));
  }

  private Process process(String name, List<String> command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(folder.resolve(name).toFile());
    builder.environment().put("TF_CPP_MIN_LOG_LEVEL", "2");
    return builder.start();
  }

  private static List<String> java() {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of("-Xmx512m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1"));
    OPENED.forEach(opened -> command.add("--add-opens=java.base/" + opened + "=ALL-UNNAMED"));
    return command;
  }

  private static String join(List<Path> jars) {
    return String.join(File.pathSeparator, jars.stream().map(Path::toString).toList());
  }

  @Override
  public void close() {
    List<Process> all = new ArrayList<>(clients);
    all.addAll(processes.values());
    all.forEach(Process::destroy);
    all.forEach(process -> process.onExit().join());
  }
}
