package dev.bertserve.bulk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.beans.Introspector;
import java.lang.reflect.Method;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.apache.beam.sdk.options.Default;
import org.apache.beam.sdk.options.Description;
import org.apache.beam.sdk.options.Validation;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The form of Dataflow's template, and the options that it fills. */
final class TemplateMetadataTest {

  private final Map<String, JsonNode> parameters = new LinkedHashMap<>();

  @BeforeEach
  void read() throws Exception {
    JsonNode metadata =
        new ObjectMapper().readTree(Path.of("..", "docker", "dataflow", "metadata.json").toFile());
    metadata.get("parameters").forEach(one -> parameters.put(one.get("name").textValue(), one));
    assertThat(metadata.fieldNames())
        .toIterable()
        .containsExactly("name", "description", "streaming", "parameters");
  }

  @Test
  void parameters_all_areTheOptions() {
    Map<String, String> options = new TreeMap<>();
    for (Method method : BertserveBulkOptions.class.getDeclaredMethods()) {
      if (method.getName().startsWith("get")) {
        String name = Introspector.decapitalize(method.getName().substring(3));
        boolean optional = !method.isAnnotationPresent(Validation.Required.class);
        assertThat(method.isAnnotationPresent(Default.String.class)).isEqualTo(optional);
        options.put(name, optional + " " + method.getAnnotation(Description.class).value());
      }
    }
    Map<String, String> form = new TreeMap<>();
    parameters.forEach(
        (name, one) -> form.put(name, one.get("isOptional") + " " + one.get("helpText").asText()));

    assertThat(form).isEqualTo(options);
    assertThat(parameters.values())
        .allSatisfy(one -> assertThat(one.get("label").textValue()).isNotEmpty())
        .allSatisfy(one -> assertThat(one.get("paramType").textValue()).isEqualTo("TEXT"))
        .allSatisfy(one -> assertThat(one.get("name").textValue()).matches("[a-zA-Z][a-zA-Z0-9]*"));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "model       | gs://bucket/bert/1       | bert",
        "input       | gs://bucket/in-*.avro    | in.avro",
        "input       | bq://project.data.table  | bq://data.table",
        "inputFormat | csv                      | orc",
        "output      | gs://bucket/out.parquet  | gs://bucket/",
        "output      | bq://project.data.table  | project.data.table",
        "errors      | gs://bucket/bad          | bad",
        "texts       | question,answer          | question,",
        "keys        | id:INT64,lang            | id:INT",
        "outputs     | label,probs              | label probs,",
        "precision   | int8                     | fp8"
      })
  void regexes_validAndInvalid_acceptTheFormerAlone(String name, String valid, String invalid) {
    List<Pattern> regexes = new ArrayList<>();
    parameters.get(name).get("regexes").forEach(one -> regexes.add(Pattern.compile(one.asText())));

    assertThat(regexes).isNotEmpty().allMatch(regex -> regex.matcher(valid).matches());
    assertThat(regexes).anyMatch(regex -> !regex.matcher(invalid).matches());
  }
}
