#!/usr/bin/env bash
# Where the time of a batch goes, by kind of op, in each precision: prints Markdown tables.
#
#   mvn package -DskipTests
#   benchmarks/profile.sh MODEL [PRECISION...]     bf16 and fp32 when none is named
#
# Each run has one thread: a full batch on each core at once, rows alone on one core. Two minutes a precision on an idle machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

readonly HOME_FOLDER=$PWD/server/target/bertserve
readonly MODEL=${1:?MODEL: a SavedModel folder}
shift
(($# > 0)) || set -- bf16 fp32

profile() {
  "${JAVA_HOME:+$JAVA_HOME/bin/}java" -XX:MaxRAMPercentage=25 -Dbertserve.home="$HOME_FOLDER" \
    -Djava.library.path="$HOME_FOLDER/lib/native" -Dorg.bytedeco.javacpp.pathsFirst=true \
    -Dorg.bytedeco.javacpp.maxBytes=0 -Dorg.bytedeco.javacpp.maxPhysicalBytes=0 \
    -cp "benchmarks/target/classes:$HOME_FOLDER/lib/bertserve-server.jar" \
    dev.bertserve.server.tensorflow.OpProfile "$MODEL" "$@"
}

export TF_CPP_MIN_LOG_LEVEL=3
for precision in "$@"; do
  profile "$precision" "$(nproc)" 4x128
  profile "$precision" 1 1x32 1x128
done
