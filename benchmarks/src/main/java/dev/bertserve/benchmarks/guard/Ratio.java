package dev.bertserve.benchmarks.guard;

import java.util.HashMap;
import java.util.Map;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.Result;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * Two runs of one benchmark that differ in one parameter.
 *
 * @param benchmark simple name of its class
 * @param parameter that differs
 * @param subject its value in the guarded run
 * @param reference its value in the reference run
 * @param others parameters that are equal in both
 */
record Ratio(
    String benchmark,
    String parameter,
    String subject,
    String reference,
    Map<String, String> others) {

  Ratio {
    others = Map.copyOf(others);
  }

  /** From {@code Benchmark/parameter/subject/reference/other=value/...}. */
  static Ratio parse(String name) {
    String[] parts = name.split("/", -1);
    if (parts.length < 4) {
      throw new IllegalArgumentException(
          "ratio: " + name + " (expected: benchmark/parameter/subject/reference/other=value)");
    }
    Map<String, String> others = new HashMap<>();
    for (int i = 4; i < parts.length; i++) {
      int equals = parts[i].indexOf('=');
      others.put(parts[i].substring(0, equals), parts[i].substring(equals + 1));
    }
    return new Ratio(parts[0], parts[1], parts[2], parts[3], others);
  }

  /** One round: speed of the subject relative to the reference, each in its own JVM. */
  double measure() throws RunnerException {
    return speed(subject) / speed(reference);
  }

  private double speed(String value) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include("\\." + benchmark + "\\.")
            .param(parameter, value)
            .verbosity(VerboseMode.SILENT)
            .shouldFailOnError(true);
    others.forEach(options::param);
    RunResult result = new Runner(options.build()).runSingle();
    Result<?> primary = result.getPrimaryResult();
    // Uses the median of single calls, which is robust against preemption.
    return result.getParams().getMode() == Mode.SampleTime
        ? 1 / primary.getStatistics().getPercentile(50)
        : primary.getScore();
  }
}
