package dev.bertserve.server.wiring;

import dev.bertserve.server.prepared.PreparedCache;
import dev.bertserve.server.prepared.PreparedModel;
import dev.bertserve.server.serving.Engine;
import dev.bertserve.server.serving.Servable;
import dev.bertserve.server.serving.TokenEncoding;
import dev.bertserve.server.tensorflow.EngineSelection;
import dev.bertserve.server.tensorflow.EngineSettings;
import dev.bertserve.server.tensorflow.Precision;
import dev.bertserve.tokenizer.TokenIds;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model whose rewritten graph is ready to run on token ids.
 *
 * @param model the prepared model
 * @param encoding makes the ids
 * @param engine runs the ids
 * @param precision of the engine
 * @param maxRunners number of concurrent batches beyond which throughput does not grow
 * @param device the device, and why it was chosen
 * @param writing writes the prepared model for the next start
 */
public record LoadedModel(
    PreparedModel model,
    TokenEncoding encoding,
    Engine engine,
    Precision precision,
    int maxRunners,
    String device,
    PreparedCache.Writing writing)
    implements AutoCloseable {

  private static final Logger LOG = LoggerFactory.getLogger(LoadedModel.class);

  public static LoadedModel load(ModelLocation location, EngineSettings settings)
      throws IOException {
    return load(
        () -> uncached(quantised(location.prepare(), settings, Int8.NOT_MEASURED)), settings);
  }

  /**
   * Loads the prepared model from {@code cache} if it is there; otherwise prepares it, and {@link
   * #writing} stores it. A model with an added tokenizer is not cached.
   */
  public static LoadedModel load(
      ModelLocation location, EngineSettings settings, PreparedCache cache) throws IOException {
    if (location.tokenizer().isPresent()) {
      return load(location, settings);
    }
    return load(
        () ->
            cache.open(
                location.modelFolder(),
                location.signature(),
                variant(settings),
                () -> prepareFor(location, settings)),
        settings);
  }

  /** The same of a model in a bucket, whose weights are downloaded only to prepare it. */
  static LoadedModel load(RemoteModel remote, EngineSettings settings, PreparedCache cache)
      throws IOException {
    if (remote.location().tokenizer().isPresent()) {
      return load(remote.download(), settings);
    }
    return load(
        () ->
            cache.open(
                remote.identity(),
                remote.location().signature(),
                variant(settings),
                () -> prepareFor(remote.download(), settings)),
        settings);
  }

  /** Opens a prepared model, or prepares one. */
  private interface Opening {
    PreparedCache.Opened open() throws IOException;
  }

  private static PreparedCache.Opened uncached(PreparedModel model) {
    return new PreparedCache.Opened(model, pace -> {});
  }

  private static LoadedModel load(Opening opening, EngineSettings settings) throws IOException {
    // Both TensorFlow's libraries and a large model take about a second to load.
    CompletableFuture<Void> libraries = CompletableFuture.runAsync(EngineSelection::loadLibraries);
    PreparedCache.Opened opened = opening.open();
    PreparedModel model = opened.model();
    TokenEncoding encoding = encoding(model);
    libraries.join();
    EngineSelection selection =
        EngineSelection.open(model, settings, ProbeTexts.rows(model.signature(), encoding));
    return new LoadedModel(
        model,
        encoding,
        selection.engine(),
        selection.precision(),
        selection.maxRunners(),
        selection.device(),
        opened.writing());
  }

  /** Whether a graph in 8 bits is measured, which takes as long as choosing its ranges. */
  private enum Int8 {
    MEASURED,
    NOT_MEASURED
  }

  /**
   * Prepares a model, with the outputs of its exported graph for the probe texts and, for {@link
   * Precision#INT8}, its graph in 8 bits. A prepared model keeps those that it has. The first
   * session of a process fixes the number of threads per op, so {@code settings} must be those for
   * serving.
   */
  public static PreparedModel prepare(ModelLocation location, EngineSettings settings)
      throws IOException {
    return quantised(withReference(location.prepare(), settings), settings, Int8.MEASURED);
  }

  /** The same for a start that waits for it, without what {@code settings} do not need. */
  private static PreparedModel prepareFor(ModelLocation location, EngineSettings settings)
      throws IOException {
    PreparedModel model =
        quantised(withReference(location.prepare(), settings), settings, Int8.NOT_MEASURED);
    return settings.precision() == Precision.INT8 && model.quantised().isPresent()
        ? model.inInt8Only()
        : model;
  }

  private static PreparedModel withReference(PreparedModel model, EngineSettings settings)
      throws IOException {
    if (!model.reference().rows().isEmpty()) {
      return model;
    }
    List<TokenIds> probe = ProbeTexts.rows(model.signature(), encoding(model));
    return model.with(EngineSelection.reference(model, settings, probe));
  }

  /** What else a prepared model depends on. */
  private static String variant(EngineSettings settings) throws IOException {
    if (settings.precision() != Precision.INT8) {
      return "";
    }
    if (settings.calibration().isEmpty()) {
      return "-int8";
    }
    CRC32C checksum = new CRC32C();
    checksum.update(Files.readAllBytes(settings.calibration().get()));
    return "-int8-" + Long.toHexString(checksum.getValue());
  }

  private static PreparedModel quantised(PreparedModel model, EngineSettings settings, Int8 int8)
      throws IOException {
    if (settings.precision() != Precision.INT8
        || (settings.calibration().isEmpty() && model.quantised().isPresent())) {
      return model;
    }
    CalibrationTexts texts = CalibrationTexts.of(settings.calibration());
    TokenEncoding encoding = encoding(model);
    List<TokenIds> ranging = texts.ranging(model.signature(), encoding);
    LOG.info("calibrating 8-bit products on {} texts", ranging.size());
    return EngineSelection.quantised(
        model,
        settings,
        ranging,
        int8 == Int8.MEASURED ? texts.heldBack(model.signature(), encoding) : List.of());
  }

  private static TokenEncoding encoding(PreparedModel model) {
    return new TokenEncoding(
        model.tokenizer().program(), model.tokenizer().loaded().tokenizer(), model.rowInputs());
  }

  /** The model in the form that can be served. */
  Servable servable() {
    return new Servable(
        model.signatures(),
        encoding,
        engine,
        maxRunners,
        model.encoder().layers() + " layers, precision " + precision.label(),
        device);
  }

  @Override
  public void close() {
    engine.close();
  }
}
