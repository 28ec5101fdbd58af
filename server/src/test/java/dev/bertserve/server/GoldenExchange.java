package dev.bertserve.server;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * One file with a request and the response to it, byte for byte. In the file a line of dashes
 * stands between the two, lines of heads end with LF, and {@code \xNN} is a byte that is no
 * printable character of ASCII; the header Content-Length of the request is added.
 *
 * @param request as on the wire
 * @param response as in the file
 */
@SuppressWarnings("ArrayRecordComponent")
record GoldenExchange(Path file, byte[] request, String response) {

  private static final String SEPARATOR = "\n----------\n";

  static GoldenExchange read(Path file) {
    try {
      String text = Files.readString(file, StandardCharsets.US_ASCII);
      int end = text.indexOf(SEPARATOR);
      String request = end < 0 ? text.stripTrailing() : text.substring(0, end);
      String response = end < 0 ? "" : text.substring(end + SEPARATOR.length());
      return new GoldenExchange(file, wire(request), response);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** All exchanges of one dialect, by name. */
  static List<GoldenExchange> of(Path folder) throws IOException {
    List<GoldenExchange> all = new ArrayList<>();
    try (var files = Files.newDirectoryStream(folder, "*.http")) {
      files.forEach(file -> all.add(read(file)));
    }
    all.sort((one, other) -> one.file().compareTo(other.file()));
    return all;
  }

  /** Replaces the response in the file. */
  void write(String actual) throws IOException {
    String text = Files.readString(file, StandardCharsets.US_ASCII);
    int end = text.indexOf(SEPARATOR);
    String given = end < 0 ? text.stripTrailing() : text.substring(0, end);
    Files.writeString(file, given + SEPARATOR + actual);
  }

  /** Bytes of a response as they stand in a file. */
  static String shown(byte[] bytes) {
    StringBuilder text = new StringBuilder();
    for (byte one : bytes) {
      char c = (char) (one & 0xFF);
      if (c == '\n' || (c >= ' ' && c < 0x7F)) {
        text.append(c);
      } else if (c != '\r') {
        text.append(String.format("\\x%02x", (int) c));
      }
    }
    return text.append('\n').toString();
  }

  private static byte[] wire(String text) {
    int end = text.indexOf("\n\n");
    String head = (end < 0 ? text : text.substring(0, end)).replace("\n", "\r\n");
    byte[] body = end < 0 ? new byte[0] : bytes(text.substring(end + 2));
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    wire.writeBytes(head.getBytes(StandardCharsets.US_ASCII));
    wire.writeBytes(
        ("\r\nContent-Length: " + body.length + "\r\nConnection: close\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII));
    wire.writeBytes(body);
    return wire.toByteArray();
  }

  private static byte[] bytes(String text) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    for (int i = 0; i < text.length(); i++) {
      if (text.startsWith("\\x", i)) {
        bytes.write(Integer.parseInt(text.substring(i + 2, i + 4), 16));
        i += 3;
      } else {
        bytes.write(text.charAt(i));
      }
    }
    return bytes.toByteArray();
  }

  @Override
  public String toString() {
    return file.getParent().getFileName() + "/" + file.getFileName();
  }
}
