package dev.bertserve.server.tensorflow.prepare;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.tensorflow.proto.DataType;

/**
 * A tensor that lies in a checkpoint's data file.
 *
 * @param type of its values
 * @param shape its dimensions
 * @param file the data file
 * @param offset first byte
 * @param size in bytes
 */
public record Weight(DataType type, List<Long> shape, Path file, long offset, long size) {

  public Weight {
    shape = List.copyOf(shape);
  }

  /** The values, little-endian as they lie in the file; pages are read as they are touched. */
  public MappedByteBuffer map() throws IOException {
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      MappedByteBuffer bytes = channel.map(FileChannel.MapMode.READ_ONLY, offset, size);
      bytes.order(ByteOrder.LITTLE_ENDIAN);
      return bytes;
    }
  }
}
