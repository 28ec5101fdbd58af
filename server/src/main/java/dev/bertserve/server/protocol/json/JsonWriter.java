package dev.bertserve.server.protocol.json;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import dev.bertserve.server.failure.FailureKind;
import dev.bertserve.server.failure.ServingException;
import java.io.IOException;
import java.io.OutputStream;
import java.math.BigInteger;

/**
 * Writes strict JSON in UTF-8 as a stream, on one line. Numbers are the shortest text that reads
 * back as the same number. One thread; {@link #close} ends the text and leaves the sink open.
 */
public final class JsonWriter implements AutoCloseable {

  private static final JsonFactory FACTORY =
      new JsonFactoryBuilder()
          .enable(StreamWriteFeature.USE_FAST_DOUBLE_WRITER)
          .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
          .disable(StreamWriteFeature.FLUSH_PASSED_TO_STREAM)
          .build();

  private final JsonGenerator generator;

  public JsonWriter(OutputStream sink) throws IOException {
    generator = FACTORY.createGenerator(sink);
  }

  public void beginObject() throws IOException {
    generator.writeStartObject();
  }

  public void endObject() throws IOException {
    generator.writeEndObject();
  }

  public void beginArray() throws IOException {
    generator.writeStartArray();
  }

  public void endArray() throws IOException {
    generator.writeEndArray();
  }

  public void name(String name) throws IOException {
    generator.writeFieldName(name);
  }

  /** Begins an object that is a member of another. */
  public void beginObject(String name) throws IOException {
    generator.writeObjectFieldStart(name);
  }

  /** Begins an array that is a member of an object. */
  public void beginArray(String name) throws IOException {
    generator.writeArrayFieldStart(name);
  }

  public void member(String name, String text) throws IOException {
    generator.writeStringField(name, text);
  }

  public void member(String name, long number) throws IOException {
    generator.writeNumberField(name, number);
  }

  public void member(String name, boolean flag) throws IOException {
    generator.writeBooleanField(name, flag);
  }

  public void member(String name, Iterable<Integer> numbers) throws IOException {
    beginArray(name);
    for (int number : numbers) {
      value(number);
    }
    endArray();
  }

  public void value(String text) throws IOException {
    generator.writeString(text);
  }

  public void value(long number) throws IOException {
    generator.writeNumber(number);
  }

  public void nullValue() throws IOException {
    generator.writeNull();
  }

  /** Writes a number that is text already, such as 1e-05. */
  public void number(String text) throws IOException {
    generator.writeNumber(text);
  }

  /** Writes a value that is JSON already. */
  public void raw(String json) throws IOException {
    generator.writeRawValue(json);
  }

  public void value(boolean flag) throws IOException {
    generator.writeBoolean(flag);
  }

  /** Throws INTERNAL for NaN and infinities, which JSON cannot express. */
  public void value(float number) throws IOException {
    if (!Float.isFinite(number)) {
      throw new ServingException(
          FailureKind.INTERNAL, "output: " + number + " (expected: a finite number)");
    }
    generator.writeNumber(number);
  }

  /** Throws INTERNAL for NaN and infinities, which JSON cannot express. */
  public void value(double number) throws IOException {
    if (!Double.isFinite(number)) {
      throw new ServingException(
          FailureKind.INTERNAL, "output: " + number + " (expected: a finite number)");
    }
    generator.writeNumber(number);
  }

  /** An integer of 64 bits without a sign. */
  public void unsigned(long number) throws IOException {
    generator.writeNumber(new BigInteger(Long.toUnsignedString(number)));
  }

  @Override
  public void close() throws IOException {
    generator.close();
  }
}
