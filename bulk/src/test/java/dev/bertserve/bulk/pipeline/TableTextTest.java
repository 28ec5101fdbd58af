package dev.bertserve.bulk.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigDecimal;
import java.util.List;
import java.util.Map;
import org.apache.beam.sdk.schemas.Schema;
import org.apache.beam.sdk.schemas.Schema.FieldType;
import org.apache.beam.sdk.values.Row;
import org.joda.time.Instant;
import org.junit.jupiter.api.Test;

final class TableTextTest {

  @Test
  void line_valuesOfEachType_areQuotedWhereTheyMustBe() {
    Schema schema =
        Schema.builder()
            .addStringField("a,b")
            .addNullableStringField("none")
            .addStringField("empty")
            .addDecimalField("price")
            .addDateTimeField("at")
            .addByteArrayField("bytes")
            .addArrayField("probs", FieldType.FLOAT)
            .build();
    TableText table = new TableText(schema, Map.of("probs", 2), ',');
    Row row =
        Row.withSchema(schema)
            .addValues("say \"no\"\n", null, "", new BigDecimal("1E+3"), Instant.ofEpochMilli(1))
            .addValues(new byte[] {1}, List.of(0.25f, 0.75f))
            .build();

    assertThat(table.header()).isEqualTo("\"a,b\",none,empty,price,at,bytes,probs_0,probs_1");
    assertThat(table.line(row))
        .isEqualTo("\"say \"\"no\"\"\n\",,\"\",1000,1970-01-01T00:00:00.001Z,AQ==,0.25,0.75");
  }

  @Test
  void new_listOfNoOutput_isNamed() {
    Schema schema = Schema.builder().addArrayField("tags", FieldType.STRING).build();

    assertThatThrownBy(() -> new TableText(schema, Map.of(), ','))
        .hasMessage("column: tags of type ARRAY (expected: a single value, for CSV)");
  }
}
