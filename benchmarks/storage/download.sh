#!/usr/bin/env bash
# Compares the download of a folder with bare requests to the same fake of Cloud Storage.
#
#   TEST_GCS_SERVER=target/fake-gcs-server/fake-gcs-server benchmarks/storage/download.sh [MB]
#
# Makes a model's folder of random shards, 433 MB if not given. Nothing else may run on the machine.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/../.."

megabytes=${1:-433}
class_path=benchmarks/target/bars.classpath
if [ ! -f "$class_path" ]; then
  mvn -B -q package -DskipTests -pl tokenizer,server,benchmarks \
    dependency:build-classpath -Dmdep.includeScope=runtime -Dmdep.outputFile=target/bars.classpath
fi
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server"; rm -rf "$work"' EXIT

shards=$work/data/models/bert/variables
mkdir -p "$shards"
head -c "$((megabytes * 900000))" /dev/urandom >"$shards/variables.data-00000-of-00002"
head -c "$((megabytes * 100000))" /dev/urandom >"$shards/variables.data-00001-of-00002"
head -c 3000 /dev/urandom >"$shards/variables.index"
head -c 2000000 /dev/urandom >"$work/data/models/bert/saved_model.pb"

port=$((20000 + RANDOM % 10000))
"$TEST_GCS_SERVER" -backend memory -data "$work/data" -scheme http -host 127.0.0.1 -port "$port" -log-level error &
server=$!
until curl -s -o "$work/started" "http://127.0.0.1:$port/storage/v1/b"; do
  kill -0 "$server"
  sleep 0.1
done
"${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "benchmarks/target/classes:$(cat "$class_path")" \
  dev.bertserve.benchmarks.storage.Download "http://127.0.0.1:$port" gs://models/bert "$work/target"
