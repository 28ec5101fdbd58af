package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.bertserve.server.batching.BatchPlan;
import dev.bertserve.server.batching.BatchShape;
import dev.bertserve.server.batching.BatchShapes;
import dev.bertserve.server.fixture.LetterTokenizer;
import dev.bertserve.server.fixture.PuppetEngine;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.prepared.Reference;
import dev.bertserve.server.serving.Column;
import dev.bertserve.server.serving.EncodedRow;
import dev.bertserve.server.serving.Engine;
import dev.bertserve.server.serving.OutputSpec;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** A form that does not run is closed, and the next one is tried. */
final class FormChoiceTest {

  private static final List<TokenIds> ROWS = List.of(LetterTokenizer.create().tokenize("a"));
  private static final Reference REFERENCE = new Reference(ROWS, List.of(Column.of(1)));

  private final ListAppender<ILoggingEvent> log = new ListAppender<>();
  private final Logger logger = (Logger) LoggerFactory.getLogger(FormChoice.class);
  private final Map<Precision, Probe> rewritten = new HashMap<>();
  private final Probe asExported = new Probe(row -> 1);
  private List<Precision> faster = List.of(Precision.BF16);

  @BeforeEach
  void listen() {
    for (Precision precision : Precision.values()) {
      rewritten.put(precision, new Probe(row -> 1));
    }
    log.start();
    logger.addAppender(log);
  }

  @AfterEach
  void stopListening() {
    logger.detachAppender(log);
  }

  @Test
  void choose_fastestRuns_isTaken() throws IOException {
    assertThat(choose(Precision.AUTO)).isEqualTo(chosen(Precision.BF16));
    assertThat(open()).containsExactly(rewritten.get(Precision.BF16));
  }

  @Test
  void choose_fastestMovesTooFar_theNextOneServes() throws IOException {
    faster = List.of(Precision.INT8, Precision.BF16);
    rewritten.put(Precision.INT8, new Probe(row -> 1.5));

    assertThat(choose(Precision.AUTO)).isEqualTo(chosen(Precision.BF16));
    assertThat(open()).containsExactly(rewritten.get(Precision.BF16));
    assertThat(warnings())
        .containsExactly(
            "precision int8 changes an output by 0.50 (expected: at most 0.02): serving in bf16");
  }

  @Test
  void choose_fastestThrows_isClosedAndFloat32Serves() throws IOException {
    rewritten.put(Precision.BF16, new Probe(FormChoiceTest::fail));

    assertThat(choose(Precision.AUTO)).isEqualTo(chosen(Precision.FP32));
    assertThat(open()).containsExactly(rewritten.get(Precision.FP32));
    assertThat(warnings())
        .containsExactly("precision bf16 does not run here, serving in fp32: no kernel");
  }

  @Test
  void choose_fastestCannotBeOpened_float32Serves() throws IOException {
    rewritten.remove(Precision.BF16);

    assertThat(choose(Precision.AUTO)).isEqualTo(chosen(Precision.FP32));
    assertThat(warnings()).hasSize(1);
  }

  @Test
  void choose_rewrittenGraphThrows_isClosedAndTheExportedServes() throws IOException {
    rewritten.put(Precision.FP32, new Probe(FormChoiceTest::fail));

    assertThat(choose(Precision.FP32).engine()).isSameAs(asExported);
    assertThat(open()).containsExactly(asExported);
    assertThat(warnings())
        .containsExactly("the rewritten graph does not run, serving the exported graph: no kernel");
  }

  @Test
  void choose_askedForPrecisionThrows_failsAndNamesIt() {
    rewritten.put(Precision.FP16, new Probe(FormChoiceTest::fail));

    assertThatThrownBy(() -> choose(Precision.FP16))
        .isInstanceOf(UnsupportedModelException.class)
        .hasMessage(
            "precision: fp16 (expected: one that runs here, such as fp32 or auto): no kernel");
    assertThat(open()).isEmpty();
  }

  private FormChoice.Chosen<Probe> choose(Precision precision) throws IOException {
    return new FormChoice(
            new EngineSettings(precision, 0.02, 1, 0, Optional.empty()), faster, REFERENCE)
        .choose(
            new FormChoice.Forms<>() {
              @Override
              public Probe rewritten(Precision wanted) {
                return opened(rewritten.get(wanted));
              }

              @Override
              public Probe asExported() {
                return opened(asExported);
              }
            });
  }

  private static Probe opened(@Nullable Probe probe) {
    if (probe == null) {
      throw new UnsupportedModelException("no op");
    }
    probe.open = true;
    return probe;
  }

  private FormChoice.Chosen<Probe> chosen(Precision precision) {
    return new FormChoice.Chosen<>(rewritten.get(precision), precision);
  }

  private List<Probe> open() {
    List<Probe> open = new ArrayList<>(rewritten.values());
    open.add(asExported);
    open.removeIf(probe -> !probe.open);
    return open;
  }

  private List<String> warnings() {
    return log.list.stream()
        .filter(event -> event.getLevel() == Level.WARN)
        .map(ILoggingEvent::getFormattedMessage)
        .toList();
  }

  private static double fail(TokenIds row) {
    throw new IllegalStateException("no kernel");
  }

  /** Records whether it is open. */
  private static final class Probe implements Engine {

    private final PuppetEngine puppet;
    private boolean open;

    Probe(ToDoubleFunction<TokenIds> score) {
      puppet = new PuppetEngine(score);
    }

    @Override
    public List<OutputSpec> outputs() {
      return puppet.outputs();
    }

    @Override
    public List<Column> run(BatchPlan<EncodedRow> batch) {
      return puppet.run(batch);
    }

    @Override
    public BatchShapes shapes() {
      return puppet.shapes();
    }

    @Override
    public void runPadding(BatchShape shape) {}

    @Override
    public void close() {
      open = false;
    }
  }
}
