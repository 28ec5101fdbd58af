package dev.bertserve.server.savedmodel;

import com.google.protobuf.ByteString;
import dev.bertserve.server.graph.Constants;
import dev.bertserve.server.graph.GraphNode;
import dev.bertserve.server.graph.UnsupportedModelException;
import dev.bertserve.server.preprocessing.Tables;
import dev.bertserve.server.preprocessing.TextRefusal;
import dev.bertserve.server.preprocessing.VocabularyLines;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.tensorflow.proto.DataType;
import org.tensorflow.proto.TensorProto;

/**
 * What a SavedModel's initialisation fills its tables with: files among its assets, or constants.
 */
final class TableFillings implements Tables {

  private static final String FROM_FILE = "InitializeTableFromTextFileV2";

  /** Columns of a file. */
  private static final long WHOLE_LINE = -2;

  private static final long LINE_NUMBER = -1;

  private final SavedModel model;
  private final GraphFlattener flattener;

  TableFillings(SavedModel model, GraphFlattener flattener) {
    this.model = model;
    this.flattener = flattener;
  }

  @Override
  public VocabularyLines vocabularyOf(GraphNode table) throws IOException {
    GraphNode fill = fillOf(table, FROM_FILE);
    if (fill != null) {
      return VocabularyLines.read(fileOf(fill, WHOLE_LINE, LINE_NUMBER));
    }
    Tables.Entries constants = constantsOf(table);
    if (constants == null) {
      throw new UnsupportedModelException(
          "node "
              + table.name()
              + ": neither a file nor constants fill it (expected: a vocabulary among the assets)");
    }
    return VocabularyLines.of(constants);
  }

  private Tables.@Nullable Entries constantsOf(GraphNode table) {
    for (String op : new String[] {"LookupTableImportV2", "InitializeTableV2"}) {
      GraphNode fill = fillOf(table, op);
      if (fill != null && isConstant(fill.input(1).node()) && isConstant(fill.input(2).node())) {
        return new Tables.Entries(fill.input(1).node(), fill.input(2).node());
      }
    }
    return null;
  }

  @Override
  public Tables.Entries entriesOf(GraphNode table) throws IOException {
    Tables.Entries constants = constantsOf(table);
    if (constants != null) {
      return constants;
    }
    GraphNode fill = fillOf(table, FROM_FILE);
    if (fill == null) {
      throw TextRefusal.of(
          "node "
              + table.name()
              + ": "
              + table.op()
              + " after the encoder (expected: one that constants or a file fill)");
    }
    return numberedLines(table, fileOf(fill, LINE_NUMBER, WHOLE_LINE));
  }

  private static Tables.Entries numberedLines(GraphNode table, Path file) throws IOException {
    TensorProto.Builder numbers = TensorProto.newBuilder().setDtype(DataType.DT_INT64);
    TensorProto.Builder lines = TensorProto.newBuilder().setDtype(DataType.DT_STRING);
    String text = new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1);
    int count = 0;
    for (int at = 0; at < text.length(); count++) {
      int end = text.indexOf('\n', at);
      // TensorFlow drops carriage returns
      String line = text.substring(at, end < 0 ? text.length() : end).replace("\r", "");
      lines.addStringVal(ByteString.copyFrom(line, StandardCharsets.ISO_8859_1));
      numbers.addInt64Val(count);
      at = end < 0 ? text.length() : end + 1;
    }
    return new Tables.Entries(
        Constants.ofOneDimension(table.name() + "/keys", numbers, count),
        Constants.ofOneDimension(table.name() + "/values", lines, count));
  }

  private static boolean isConstant(GraphNode node) {
    return node.is("Const")
        && node.weight() == null
        && node.attribute("value").getTensor().getTensorShape().getDimCount() == 1;
  }

  private @Nullable GraphNode fillOf(GraphNode table, String op) {
    for (GraphNode fill : flattener.nodesRunBy(model.initNode(), op)) {
      if (fill.input(0).node() == table) {
        return fill;
      }
    }
    return null;
  }

  private Path fileOf(GraphNode fill, long key, long value) {
    long keyIndex = fill.attribute("key_index").getI();
    long valueIndex = fill.attribute("value_index").getI();
    if (keyIndex != key || valueIndex != value) {
      throw new UnsupportedModelException(
          "node "
              + fill.name()
              + ": key_index "
              + keyIndex
              + ", value_index "
              + valueIndex
              + " (expected: "
              + key
              + " and "
              + value
              + ", where -2 is the line and -1 its number)");
    }
    return model.asset(assetOf(fill.input(1).node()));
  }

  /** The asset placeholder behind a file name, which may be kept in a variable. */
  private GraphNode assetOf(GraphNode name) {
    if (!name.is("ReadVariableOp")) {
      return name;
    }
    for (GraphNode assignment : flattener.topNodes("AssignVariableOp")) {
      if (assignment.input(0).node() == name.input(0).node()) {
        return assignment.input(1).node();
      }
    }
    return name;
  }
}
