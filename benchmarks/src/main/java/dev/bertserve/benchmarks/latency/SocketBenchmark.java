package dev.bertserve.benchmarks.latency;

import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;

/** One-row requests per second over keep-alive connections; each text is new to the server. */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@State(Scope.Benchmark)
@Fork(1)
@Threads(16)
@Warmup(iterations = 5, time = 2)
@Measurement(iterations = 5, time = 1)
@SuppressWarnings("NullAway.Init") // JMH fills the fields
public class SocketBenchmark {

  /** The server. */
  public enum Server {
    BERTSERVE {
      @Override
      SmallServer open() throws IOException {
        return new ZeroCostServer(BuiltInModel.read());
      }
    },
    NETTY {
      @Override
      SmallServer open() {
        return new BareNettyServer();
      }
    };

    abstract SmallServer open() throws IOException;
  }

  @Param public Server server;

  private SmallServer opened;
  private final AtomicInteger clients = new AtomicInteger();

  @Setup
  public void open() throws IOException {
    opened = server.open();
  }

  @TearDown
  public void close() throws InterruptedException {
    opened.stop();
  }

  /** One client per thread. */
  @State(Scope.Thread)
  public static class Connected {

    private static final long TEXTS_A_CLIENT = 1_000_000_000L;

    private KeepAliveClient client;

    @Setup
    public void connect(SocketBenchmark benchmark) throws IOException {
      long first = benchmark.clients.incrementAndGet() * TEXTS_A_CLIENT;
      client = new KeepAliveClient(benchmark.opened.port(), first);
    }

    @TearDown
    public void close() throws IOException {
      client.close();
    }
  }

  @Benchmark
  public int request(Connected connected) throws IOException {
    return connected.client.ask();
  }
}
