package dev.bertserve.server.savedmodel;

import dev.bertserve.server.graph.Calibration;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A {@link Calibration} on disk: place after place, big-endian. */
final class CalibrationFile {

  static final String NAME = "calibration.bin";

  private CalibrationFile() {}

  static void write(Calibration calibration, Path folder) throws IOException {
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(Files.newOutputStream(folder.resolve(NAME))))) {
      out.writeInt(calibration.places().size());
      for (Calibration.Place place : calibration.places()) {
        out.writeFloat(place.low());
        out.writeFloat(place.high());
        write(place.means(), out);
        write(place.divisors(), out);
        out.writeInt(place.far().size());
        for (int channel : place.far()) {
          out.writeInt(channel);
        }
      }
    }
  }

  private static void write(List<Float> values, DataOutputStream out) throws IOException {
    out.writeInt(values.size());
    for (float value : values) {
      out.writeFloat(value);
    }
  }

  static Calibration read(Path folder) throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(folder.resolve(NAME))))) {
      List<Calibration.Place> places = new ArrayList<>();
      for (int left = in.readInt(); left > 0; left--) {
        float low = in.readFloat();
        float high = in.readFloat();
        List<Float> means = floats(in);
        List<Float> divisors = floats(in);
        List<Integer> far = new ArrayList<>();
        for (int more = in.readInt(); more > 0; more--) {
          far.add(in.readInt());
        }
        places.add(new Calibration.Place(low, high, means, divisors, far));
      }
      return new Calibration(places);
    }
  }

  private static List<Float> floats(DataInputStream in) throws IOException {
    List<Float> values = new ArrayList<>();
    for (int left = in.readInt(); left > 0; left--) {
      values.add(in.readFloat());
    }
    return values;
  }
}
