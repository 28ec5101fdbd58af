package dev.bertserve.server.tensorflow;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class CpuFeaturesTest {

  @Test
  void of_namedProcessor_tellsItFromOthers() {
    String cpuInfo =
        """
        vendor_id\t: AuthenticAMD
        cpu family\t: 25
        model\t\t: 17
        model name\t: AMD EPYC
        stepping\t: 1
        flags\t\t: fpu
        """;

    assertThat(CpuFeatures.of("amd64", cpuInfo, 2).model()).isEqualTo("AMD EPYC 25 17 1");
  }

  @Test
  void of_avx512Bf16_hasBfloat16() {
    assertThat(CpuFeatures.of("amd64", "flags\t\t: fpu avx512f avx512_bf16 clzero\n", 4))
        .isEqualTo(new CpuFeatures(true, true, false, false, 4, "? ? ? ?"));
  }

  @Test
  void of_amxBf16_hasBfloat16AndAMatrixUnit() {
    assertThat(CpuFeatures.of("amd64", "flags\t\t: fpu amx_bf16\n", 4))
        .isEqualTo(new CpuFeatures(true, true, true, false, 4, "? ? ? ?"));
  }

  @Test
  void of_avx512WithoutBf16_hasNone() {
    assertThat(CpuFeatures.of("amd64", "model name: bf16 avx512_bf16\nflags\t: avx512f\n", 4))
        .isEqualTo(new CpuFeatures(true, false, false, false, 4, "bf16 avx512_bf16 ? ? ?"));
  }

  @Test
  void of_arm_isNotX86() {
    assertThat(CpuFeatures.of("aarch64", "Features\t: bf16 asimd\n", 4))
        .isEqualTo(new CpuFeatures(false, false, false, false, 4, "? ? ? ?"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"avx512_vnni", "avx_vnni", "amx_int8"})
  void of_unitsForInt8_hasInt8(String flag) {
    assertThat(CpuFeatures.of("amd64", "flags\t\t: fpu " + flag + "\n", 4).hasInt8()).isTrue();
  }
}
