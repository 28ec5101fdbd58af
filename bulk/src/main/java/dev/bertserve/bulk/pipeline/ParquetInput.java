package dev.bertserve.bulk.pipeline;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.SeekableByteChannel;
import org.apache.beam.sdk.io.FileSystems;
import org.apache.beam.sdk.io.fs.MatchResult.Metadata;
import org.apache.beam.sdk.io.fs.ResourceId;
import org.apache.parquet.io.DelegatingSeekableInputStream;
import org.apache.parquet.io.InputFile;
import org.apache.parquet.io.SeekableInputStream;

/**
 * A file of any of Beam's file systems, as Parquet reads it.
 *
 * @param bytes length of the file
 */
record ParquetInput(ResourceId file, long bytes) implements InputFile {

  static ParquetInput of(Metadata file) {
    return new ParquetInput(file.resourceId(), file.sizeBytes());
  }

  @Override
  public long getLength() {
    return bytes;
  }

  @Override
  public SeekableInputStream newStream() throws IOException {
    if (FileSystems.open(file) instanceof SeekableByteChannel channel) {
      return new ChannelStream(channel);
    }
    throw new IOException(file + " (expected: in a file system that can seek)");
  }

  /** For the messages of Parquet's reader. */
  @Override
  public String toString() {
    return file.toString();
  }

  private static final class ChannelStream extends DelegatingSeekableInputStream {

    private final SeekableByteChannel channel;

    ChannelStream(SeekableByteChannel channel) {
      super(Channels.newInputStream(channel));
      this.channel = channel;
    }

    @Override
    public long getPos() throws IOException {
      return channel.position();
    }

    @Override
    public void seek(long position) throws IOException {
      channel.position(position);
    }
  }
}
