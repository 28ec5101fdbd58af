package dev.bertserve.server.savedmodel;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.tensorflow.proto.AssetFileDef;
import org.tensorflow.proto.MetaGraphDef;
import org.tensorflow.proto.SavedObjectGraphOuterClass.SavedObject;
import org.tensorflow.proto.SignatureDef;

/**
 * A SavedModel as it lies on disk.
 *
 * @param folder holds saved_model.pb, variables and assets
 * @param meta the graph to be served
 */
record SavedModel(Path folder, MetaGraphDef meta) {

  private static final String SERVE_TAG = "serve";
  private static final String INIT_SIGNATURE = "__saved_model_init_op";

  static SavedModel read(Path folder) throws IOException {
    Path file = folder.resolve("saved_model.pb");
    if (!Files.isRegularFile(file)) {
      throw new UnsupportedModelException(folder + ": " + ModelLayout.whatIsThere(folder));
    }
    if (Files.size(file) > Integer.MAX_VALUE) {
      throw new UnsupportedModelException(
          file + ": " + Files.size(file) + " bytes (expected: less than 2 GiB)");
    }
    org.tensorflow.proto.SavedModel model;
    try (InputStream stream = new BufferedInputStream(Files.newInputStream(file))) {
      CodedInputStream in = CodedInputStream.newInstance(stream);
      in.setSizeLimit(Integer.MAX_VALUE);
      in.setRecursionLimit(1_000);
      model = org.tensorflow.proto.SavedModel.parseFrom(in);
      in.checkLastTagWas(0);
    } catch (InvalidProtocolBufferException e) {
      throw new UnsupportedModelException(
          file + ": " + e.getMessage() + " (expected: a SavedModel proto)", e);
    }
    for (MetaGraphDef meta : model.getMetaGraphsList()) {
      if (meta.getMetaInfoDef().getTagsList().contains(SERVE_TAG)) {
        return new SavedModel(folder, ofTensorFlow2(file, meta));
      }
    }
    List<MetaGraphDef> graphs = model.getMetaGraphsList();
    throw new UnsupportedModelException(
        file
            + ": tags "
            + graphs.stream().map(graph -> graph.getMetaInfoDef().getTagsList()).toList()
            + " (expected: a graph tagged "
            + SERVE_TAG
            + ")");
  }

  /** TensorFlow 2 writes its objects along with the graph, TensorFlow 1 has none. */
  private static MetaGraphDef ofTensorFlow2(Path file, MetaGraphDef meta) {
    if (!meta.hasObjectGraphDef()) {
      throw new UnsupportedModelException(
          file
              + ": a graph of TensorFlow "
              + meta.getMetaInfoDef().getTensorflowVersion()
              + " without objects (expected: a model saved by TensorFlow 2, as"
              + " tf.saved_model.save(model, DIR) writes it)");
    }
    return meta;
  }

  /** The signature that serves where {@code asked} was asked for; see {@link SignatureChoice}. */
  SignatureChoice signature(Optional<String> asked) {
    return SignatureChoice.of(folder, meta.getSignatureDefMap(), asked);
  }

  /** The same of a model whose texts are to be served: {@link SignatureChoice#orOnlyText}. */
  SignatureChoice textSignature(Optional<String> asked) {
    SignatureChoice choice = signature(asked);
    return asked.isPresent() ? choice : choice.orOnlyText(meta.getSignatureDefMap());
  }

  /** The other signatures that take the same inputs as {@code usual}, under whatever names. */
  List<SignatureChoice> othersThan(SignatureChoice usual) {
    return usual.othersAmong(meta.getSignatureDefMap());
  }

  /** The node that fills tables, or the empty string. */
  String initNode() {
    SignatureDef init = meta.getSignatureDefMap().get(INIT_SIGNATURE);
    if (init == null) {
      return "";
    }
    return nodeName(init.getOutputsOrThrow(INIT_SIGNATURE).getName());
  }

  /** The node that fills variables, or the empty string. */
  String restoreNode() {
    return nodeName(meta.getSaverDef().getRestoreOpName());
  }

  /** The file that the model's objects call {@code name}. */
  Optional<Path> assetNamed(String name) {
    List<SavedObject> objects = meta.getObjectGraphDef().getNodesList();
    for (SavedObject parent : objects) {
      for (var child : parent.getChildrenList()) {
        SavedObject object = objects.get(child.getNodeId());
        if (child.getLocalName().equals(name) && object.hasAsset()) {
          int index = object.getAsset().getAssetFileDefIndex();
          return Optional.of(file(meta.getAssetFileDef(index)));
        }
      }
    }
    return Optional.empty();
  }

  /** The file that the placeholder {@code node} stands for. */
  Path asset(GraphNode node) {
    for (AssetFileDef asset : meta.getAssetFileDefList()) {
      if (nodeName(asset.getTensorInfo().getName()).equals(node.name())) {
        return file(asset);
      }
    }
    throw new UnsupportedModelException(
        "node " + node.name() + ": no asset (expected: a file under assets)");
  }

  private Path file(AssetFileDef asset) {
    Path file = assetFile(asset.getFilename());
    if (!Files.isRegularFile(file)) {
      throw new UnsupportedModelException(file + ": missing (expected: the vocabulary)");
    }
    return file;
  }

  /**
   * Refuses a name that leads out of the folder. Links are followed: whoever can put one there can
   * put any file there.
   */
  private Path assetFile(String name) {
    Path assets = folder.resolve("assets").normalize();
    try {
      Path file = assets.resolve(name).normalize();
      if (!Path.of(name).isAbsolute() && file.startsWith(assets) && !file.equals(assets)) {
        return file;
      }
      throw new UnsupportedModelException(
          "asset: " + name + " (expected: the name of a file under assets)");
    } catch (InvalidPathException e) {
      throw new UnsupportedModelException(
          "asset: a name of no file (expected: the name of a file under assets)", e);
    }
  }

  static String nodeName(String tensor) {
    int colon = tensor.indexOf(':');
    return colon < 0 ? tensor : tensor.substring(0, colon);
  }
}
