package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Calibration;
import dev.bertserve.server.graph.FlatGraph;
import dev.bertserve.server.serving.ModelSignature;
import java.util.Map;
import java.util.Set;

/**
 * A model that stock TensorFlow can run: tokens in.
 *
 * @param signatureName what the SavedModel calls the signature
 * @param graph flat and frozen; its inputs are placeholders named by {@link TokenInput}
 * @param tokenInputs the placeholders that the graph reads
 * @param signature what users send and get
 * @param tokenizer how texts become tokens
 * @param cutPoints for each token input the op of the original graph that gave it
 * @param lengths that rows may be padded to
 * @param encoder facts for people
 * @param reference what the graph answers to a few rows
 * @param calibration how the graph's products can be rounded to 8 bits
 */
public record PreparedModel(
    String signatureName,
    FlatGraph graph,
    Set<TokenInput> tokenInputs,
    ModelSignature signature,
    TokenizerFacts tokenizer,
    Map<TokenInput, String> cutPoints,
    RowLengths lengths,
    EncoderFacts encoder,
    Reference reference,
    Calibration calibration) {

  /** Whether it is known how its products can be rounded to 8 bits. */
  public boolean isCalibrated() {
    return !calibration.isEmpty();
  }

  /** The same model, of which it is known what its graph answers. */
  public PreparedModel with(Reference known) {
    return new PreparedModel(
        signatureName,
        graph,
        tokenInputs,
        signature,
        tokenizer,
        cutPoints,
        lengths,
        encoder,
        known,
        calibration);
  }

  /** The same model, calibrated. */
  public PreparedModel with(Calibration known) {
    return new PreparedModel(
        signatureName,
        graph,
        tokenInputs,
        signature,
        tokenizer,
        cutPoints,
        lengths,
        encoder,
        reference,
        known);
  }
}
