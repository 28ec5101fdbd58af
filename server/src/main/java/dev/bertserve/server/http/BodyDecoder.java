package dev.bertserve.server.http;

import dev.bertserve.server.endpoint.HttpFailure;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;
import org.jspecify.annotations.Nullable;

/**
 * Decompresses one body as a stream. Holds at most the limit of decoded bytes, however many the
 * body would yield. One thread.
 */
final class BodyDecoder implements AutoCloseable {

  private static final int CHUNK_BYTES = 8 * 1024;

  private final ContentCoding coding;
  private final ByteBuf encoded;
  private final Inflater inflater;
  private final CRC32 checksum = new CRC32();
  private final byte[] input = new byte[CHUNK_BYTES];
  private final byte[] output = new byte[CHUNK_BYTES];

  private BodyDecoder(ContentCoding coding, ByteBuf encoded) {
    this.coding = coding;
    this.encoded = encoded;
    // zlib's format has a header and a checksum that the inflater knows; gzip's it does not.
    this.inflater = new Inflater(coding == ContentCoding.GZIP);
  }

  /**
   * The decoded body, to be closed by the caller; null as soon as it exceeds {@code maxBytes}.
   * Leaves {@code body} as it is. Throws 400 if the data is cut off, corrupt, or followed by more.
   */
  static @Nullable BodyBuffer decode(BodyBuffer body, ContentCoding coding, int maxBytes) {
    BodyBuffer decoded = new BodyBuffer(-1, maxBytes, body.allocator(), new ByteBound(maxBytes));
    ByteBuf encoded = body.view();
    boolean complete = false;
    try (BodyDecoder decoder = new BodyDecoder(coding, encoded)) {
      complete = decoder.decodeInto(decoded, maxBytes);
      return complete ? decoded : null;
    } finally {
      encoded.release();
      if (!complete) {
        decoded.close();
      }
    }
  }

  @Override
  public void close() {
    inflater.end();
  }

  private boolean decodeInto(BodyBuffer decoded, int maxBytes) {
    if (coding == ContentCoding.GZIP) {
      GzipFrame.skipHeader(encoded);
    }
    while (!inflater.finished()) {
      int count = inflate();
      if (count > maxBytes - decoded.length()) {
        return false;
      }
      checksum.update(output, 0, count);
      decoded.append(Unpooled.wrappedBuffer(output, 0, count));
    }
    encoded.readerIndex(encoded.readerIndex() - inflater.getRemaining());
    if (coding == ContentCoding.GZIP) {
      GzipFrame.checkTrailer(encoded, checksum.getValue(), decoded.length());
    }
    if (encoded.isReadable()) {
      throw bad("bytes after the end of the compressed data (expected: none)");
    }
    return true;
  }

  private int inflate() {
    if (inflater.needsInput()) {
      int count = Math.min(input.length, encoded.readableBytes());
      if (count == 0) {
        throw cutOff();
      }
      encoded.readBytes(input, 0, count);
      inflater.setInput(input, 0, count);
    }
    try {
      int count = inflater.inflate(output);
      if (inflater.needsDictionary()) {
        throw bad("compressed with a dictionary (expected: without)");
      }
      return count;
    } catch (DataFormatException e) {
      throw corrupt();
    }
  }

  static HttpFailure cutOff() {
    return bad("compressed data ends too early (expected: all of it)");
  }

  static HttpFailure corrupt() {
    return bad("corrupt compressed data (expected: as content-encoding says)");
  }

  private static HttpFailure bad(String problem) {
    return new HttpFailure(HttpResponseStatus.BAD_REQUEST.code(), "body: " + problem);
  }
}
