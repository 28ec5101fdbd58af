#!/usr/bin/env bash
# Measures one bar of the server under load; README.md beside this file tells which there are.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

class_path=benchmarks/target/bars.classpath
if [ ! -f "$class_path" ]; then
  mvn -B -q package -DskipTests -pl tokenizer,server,bulk,benchmarks \
    dependency:build-classpath -Dmdep.includeScope=test -Dmdep.outputFile=target/bars.classpath
fi

# As the start script sets them
export MALLOC_ARENA_MAX=2 MALLOC_MMAP_THRESHOLD_=8388608 MALLOC_TRIM_THRESHOLD_=33554432
export TF_CPP_MIN_LOG_LEVEL="${TF_CPP_MIN_LOG_LEVEL:-2}"
exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" \
  -XX:MinHeapFreeRatio=10 -XX:MaxHeapFreeRatio=30 -Djava.library.path=server/target/bertserve/lib/native -Dorg.bytedeco.javacpp.pathsFirst=true \
  -cp "benchmarks/target/classes:$(cat "$class_path")" dev.bertserve.benchmarks.load.Bars "$@"
