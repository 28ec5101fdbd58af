package dev.bertserve.server.grpc;

import com.google.protobuf.Message;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that makes a call in frames of HTTP/2, allows any response, and reads only if asked. */
final class RawRpc implements AutoCloseable {

  private static final int DATA = 0;
  private static final int HEADERS = 1;
  private static final int RST_STREAM = 3;
  private static final int SETTINGS = 4;
  private static final int WINDOW_UPDATE = 8;
  private static final int UNKNOWN = 255;
  private static final int END_STREAM = 1;
  private static final int END_HEADERS = 4;
  private static final int INITIAL_WINDOW_SIZE = 4;
  private static final int DEFAULT_WINDOW = 65_535;
  private static final int FLAGS_AND_STREAM_BYTES = 5;

  private final Socket socket = new Socket();
  private final DataOutputStream out;

  RawRpc(int port) throws IOException {
    socket.setReceiveBufferSize(4_096);
    socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    out = new DataOutputStream(socket.getOutputStream());
    out.writeBytes("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
    ByteArrayOutputStream setting = new ByteArrayOutputStream();
    DataOutputStream written = new DataOutputStream(setting);
    written.writeShort(INITIAL_WINDOW_SIZE);
    written.writeInt(Integer.MAX_VALUE);
    frame(SETTINGS, 0, 0, setting.toByteArray());
    ByteArrayOutputStream window = new ByteArrayOutputStream();
    new DataOutputStream(window).writeInt(Integer.MAX_VALUE - DEFAULT_WINDOW);
    frame(WINDOW_UPDATE, 0, 0, window.toByteArray());
  }

  /** Makes the only call. */
  void call(String method, Message request) throws IOException {
    headers(method);
    ByteArrayOutputStream data = new ByteArrayOutputStream();
    DataOutputStream message = new DataOutputStream(data);
    message.writeByte(0);
    message.writeInt(request.getSerializedSize());
    request.writeTo(message);
    frame(DATA, END_STREAM, 1, data.toByteArray());
  }

  /** Makes the only call, of a method that is unknown, and does not end it. */
  void callUnknown() throws IOException {
    headers("unknown");
  }

  private void headers(String method) throws IOException {
    ByteArrayOutputStream headers = new ByteArrayOutputStream();
    header(headers, ":method", "POST");
    header(headers, ":scheme", "http");
    header(headers, ":path", "/" + method);
    header(headers, ":authority", "a");
    header(headers, "content-type", "application/grpc");
    header(headers, "te", "trailers");
    frame(HEADERS, END_HEADERS, 1, headers.toByteArray());
  }

  /** In HPACK, without its tables. */
  private static void header(ByteArrayOutputStream headers, String name, String value) {
    headers.write(0);
    for (String text : new String[] {name, value}) {
      headers.write(text.length());
      headers.writeBytes(text.getBytes(StandardCharsets.US_ASCII));
    }
  }

  private void frame(int type, int flags, int stream, byte[] payload) throws IOException {
    out.writeByte(0);
    out.writeShort(payload.length);
    out.writeByte(type);
    out.writeByte(flags);
    out.writeInt(stream);
    out.write(payload);
    out.flush();
  }

  /** The code with which the server resets the call. */
  int resetCode() throws IOException {
    socket.setSoTimeout((int) PuppetCalls.PATIENCE.toMillis());
    DataInputStream in = new DataInputStream(socket.getInputStream());
    while (true) {
      int length = (in.readUnsignedByte() << 16) | in.readUnsignedShort();
      int type = in.readUnsignedByte();
      in.skipNBytes(FLAGS_AND_STREAM_BYTES);
      if (type == RST_STREAM) {
        return in.readInt();
      }
      in.skipNBytes(length);
    }
  }

  /** Found by sending frames that mean nothing: what the server sent before it is not read. */
  boolean isClosedByServer() {
    try {
      frame(UNKNOWN, 0, 0, new byte[0]);
      return false;
    } catch (IOException e) {
      return true;
    }
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
