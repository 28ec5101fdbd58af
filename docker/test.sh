#!/usr/bin/env bash
# Packs the built distribution as the CPU image and runs it the way Vertex AI would.
#
#   mvn package -DskipTests && docker/test.sh [MODEL]
#
# MODEL is the SavedModel folder to mount, the built-in one when not given. Needs podman, curl and,
# unless BASE_IMAGE names an image with a JRE 17, root and debootstrap to make one from Debian
# packages, from DEBIAN_MIRROR if set (kept as localhost/bertserve-base for the next time).
# Exit status: 0 every check passed, 1 one failed, 2 the test could not run.
set -euo pipefail

readonly DIST=server/target/bertserve
readonly IMAGE=localhost/bertserve-test:$$
readonly PORT_SECONDS=40 READY_SECONDS=120 STOP_SECONDS=10

WORK=$(mktemp -d)
containers=()
failures=0
# Low, so that they can also be set where the machine forbids to raise them.
ulimits=(--ulimit nofile=1024:1024 --ulimit nproc=1024:1024)
limits=(--cpus 2 --memory 2g --memory-swap 2g)

main() {
  trap clean_up EXIT
  local model=${1:-}
  [[ -z $model ]] || model=$(realpath "$model")
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  check_tools
  model=${model:-$PWD/$DIST/model/sentiment}
  [[ -f $model/saved_model.pb ]] || give_up "$model is not a SavedModel folder: it has no saved_model.pb"

  find_base_image
  check_podman_runs
  build_image
  check_image
  test_vertex "$model"
  test_plain

  if ((failures > 0)); then
    echo "FAIL: $failures checks failed"
    exit 1
  fi
  echo "PASS: all checks"
}

# As Vertex starts it: its variables and routes, a model folder, little of everything.
test_vertex() {
  local model=$1 port
  local route=/v1/endpoints/$RANDOM/deployedModels/$RANDOM
  port=$(free_port)
  echo "--- Vertex variables, model folder mounted, routes $route and $route:predict"
  start vertex \
    --publish "127.0.0.1:$port:9090" --volume "$model:/mnt/model:ro" \
    --env AIP_HTTP_PORT=9090 --env "AIP_HEALTH_ROUTE=$route" --env "AIP_PREDICT_ROUTE=$route:predict" \
    --env AIP_STORAGE_URI=/mnt/model --env AIP_MODE=PREDICTION --env AIP_MODE_VERSION=1.0.0 \
    --env AIP_FRAMEWORK=CUSTOM_CONTAINER --env AIP_ENDPOINT_ID=1 --env AIP_DEPLOYED_MODEL_ID=2 \
    --env AIP_MACHINE_TYPE=n1-standard-2
  wait_until_ready "http://127.0.0.1:$port$route"
  check "runs as a user that is not root" test "$(podman exec vertex.$$ id -u)" -ne 0
  check "cannot write to the root file system" cannot_write vertex.$$
  check_predicts "http://127.0.0.1:$port$route:predict"
  check_stops vertex.$$ "http://127.0.0.1:$port$route:predict"
}

# As a newcomer starts it: no variables, the built-in model, the default port and routes.
test_plain() {
  local port
  port=$(free_port)
  echo "--- No variables, built-in model"
  start plain --publish "127.0.0.1:$port:8080"
  wait_until_ready "http://127.0.0.1:$port/health"
  check_predicts "http://127.0.0.1:$port/predict"
  check_stops plain.$$ "http://127.0.0.1:$port/predict"
}

check_tools() {
  local tool
  for tool in podman curl; do
    command -v "$tool" >/dev/null || give_up "$tool is not installed"
  done
  [[ -x $DIST/bin/bertserve ]] || give_up "$DIST is not built: run mvn package -DskipTests"
}

find_base_image() {
  if [[ -n ${BASE_IMAGE:-} ]]; then
    return
  fi
  BASE_IMAGE=localhost/bertserve-base:bookworm-jre17
  if podman image exists "$BASE_IMAGE"; then
    return
  fi
  command -v debootstrap >/dev/null || give_up "debootstrap is not installed: set BASE_IMAGE to an image with a JRE 17"
  ((EUID == 0)) || give_up "debootstrap needs root: set BASE_IMAGE to an image with a JRE 17"
  echo "Making $BASE_IMAGE from Debian packages"
  debootstrap --variant=minbase --include=ca-certificates,openjdk-17-jre-headless \
    bookworm "$WORK/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} >"$WORK/debootstrap.log" 2>&1 \
    || give_up "debootstrap failed: $(tail -n 1 "$WORK/debootstrap.log")"
  tar -C "$WORK/root" -c --exclude=./var/cache/apt --exclude=./var/lib/apt/lists . \
    | podman import - "$BASE_IMAGE" >/dev/null 2>&1 \
    || give_up "podman import failed"
}

# Podman needs cgroups for the limits and namespaces for anything at all; not every machine has them.
check_podman_runs() {
  local trial=(podman run --rm --pull=missing "${ulimits[@]}")
  if "${trial[@]}" "${limits[@]}" "$BASE_IMAGE" true 2>"$WORK/podman.err"; then
    return
  fi
  limits=()
  local reason
  reason=$(tail -n 1 "$WORK/podman.err")
  "${trial[@]}" "$BASE_IMAGE" true 2>"$WORK/podman.err" \
    || give_up "podman cannot run containers here: $(tail -n 1 "$WORK/podman.err")"
  echo "NOTE: 2 CPUs and 2 GB are NOT applied: $reason"
}

build_image() {
  echo "Building the image from $DIST on $BASE_IMAGE"
  # Without layers nothing but the image itself is left to remove.
  podman build --layers=false "${ulimits[@]}" --network=host --file docker/Dockerfile --target runtime-from-dist \
    --build-arg "BASE_IMAGE=$BASE_IMAGE" --tag "$IMAGE" . >"$WORK/build.log" 2>&1 || {
    tail -n 20 "$WORK/build.log" >&2
    give_up "the image does not build"
  }
}

check_image() {
  local user environment
  user=$(podman image inspect --format '{{.Config.User}}' "$IMAGE")
  environment=$(podman image inspect --format '{{.Config.Env}}' "$IMAGE")
  check "the image's user is a number other than 0 ($user)" matches "$user" '^[1-9][0-9]*(:[0-9]+)?$'
  check "the image sets no AIP_ variable" lacks "$environment" 'AIP_'
}

# start NAME OPTION...: runs the image in the background, without anything a container could lack.
start() {
  local name=$1.$$
  shift
  containers+=("$name")
  started=$(now_ms)
  podman run --detach --name "$name" "${ulimits[@]}" "${limits[@]}" \
    --read-only --read-only-tmpfs=false --tmpfs /tmp --cap-drop=all --security-opt=no-new-privileges \
    "$@" "$IMAGE" >/dev/null
}

# Follows the health route from no answer through 503 to 200.
wait_until_ready() {
  local url=$1 status seen="" answered=0
  while true; do
    status=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 10 "$url" || true)
    if [[ $status != 000 && $answered -eq 0 ]]; then
      answered=$(($(now_ms) - started))
    fi
    [[ $seen == *"$status"* ]] || seen+=" $status"
    if [[ $status == 200 ]]; then
      break
    fi
    if (($(now_ms) - started > READY_SECONDS * 1000)); then
      check "health is 200 within $READY_SECONDS s (saw$seen)" false
      podman logs "${containers[-1]}" 2>&1 | tail -n 20
      exit 1
    fi
    sleep 0.02
  done
  check "the port answers within $PORT_SECONDS s ($answered ms)" test "$answered" -le $((PORT_SECONDS * 1000))
  check "health is 503 while the model loads, then 200 (saw${seen/ 000/})" test "${seen/ 000/}" = " 503 200"
  check "health is 200 within $READY_SECONDS s ($(($(now_ms) - started)) ms)" true
}

check_predicts() {
  local url=$1 answer status
  local body='{"instances":["a moving and funny film",{"text":"dull"},["too long"]]}'
  status=$(curl --silent --output "$WORK/answer" --write-out '%{http_code}' --max-time 60 \
    --header 'Content-Type: application/json; charset=utf-8' --data "$body" "$url" || true)
  answer=$(tr -d ' \n' <"$WORK/answer")
  check "predict answers 200 (got $status)" test "$status" = 200
  check "three predictions, one number each: $answer" matches "$answer" \
    '^\{"predictions":\[\[-?[0-9.eE-]+\],\[-?[0-9.eE-]+\],\[-?[0-9.eE-]+\]\]\}$'
  status=$(curl --silent --output "$WORK/answer" --write-out '%{http_code}' --max-time 60 --data '{' "$url" || true)
  check "bad JSON answers 400 with an error (got $status)" test "$status$(grep -c '"error"' "$WORK/answer")" = 4001
}

# SIGTERM with a request in flight: it is answered, and the process ends by itself.
check_stops() {
  local name=$1 url=$2 before took code status
  echo "peak memory: $(peak_memory "$name")"
  {
    printf '{"instances":["0"'
    printf ',"a film about the number %d"' {1..63}
    printf ']}'
  } >"$WORK/request"
  curl --silent --output "$WORK/in-flight" --write-out '%{http_code}' --max-time 60 \
    --data "@$WORK/request" "$url" >"$WORK/status" &
  local request=$!
  sleep 0.2
  before=$(now_ms)
  podman stop --time 30 "$name" >/dev/null 2>&1 || true
  took=$(($(now_ms) - before))
  code=$(podman inspect --format '{{.State.ExitCode}}' "$name")
  wait "$request" || true
  status=$(<"$WORK/status")
  check "the request in flight at SIGTERM is answered (got $status)" test "$status" = 200
  check "exit status 0 on SIGTERM (got $code)" test "$code" = 0
  check "ends within $STOP_SECONDS s of SIGTERM ($took ms)" test "$took" -le $((STOP_SECONDS * 1000))
}

check() {
  local what=$1
  shift
  if "$@"; then
    echo "PASS $what"
  else
    echo "FAIL $what"
    failures=$((failures + 1))
  fi
}

matches() { [[ $1 =~ $2 ]]; }
lacks() { [[ ! $1 =~ $2 ]]; }
cannot_write() { ! podman exec "$1" touch /opt/bertserve/probe 2>/dev/null; }
now_ms() { date +%s%3N; }

peak_memory() {
  local bytes
  bytes=$(podman exec "$1" sh -c \
    'cat /sys/fs/cgroup/memory.peak 2>/dev/null || cat /sys/fs/cgroup/memory/memory.max_usage_in_bytes' 2>/dev/null) \
    || bytes=0
  echo "$((bytes / 1048576)) MB"
}

free_port() {
  local port
  while true; do
    port=$((20000 + RANDOM % 10000))
    if ! (: <"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then
      echo "$port"
      return
    fi
  done
}

# Debian's runc where crun, podman's own choice, is absent.
podman() {
  if command -v runc >/dev/null && ! command -v crun >/dev/null; then
    command podman --runtime runc "$@"
  else
    command podman "$@"
  fi
}

give_up() {
  echo "docker/test.sh could not run: $1" >&2
  exit 2
}

clean_up() {
  local status=$?
  if ((status == 1)); then
    local name
    for name in "${containers[@]}"; do
      echo "--- last lines of $name" >&2
      podman logs "$name" 2>&1 | tail -n 20 >&2 || true
    done
  fi
  ((${#containers[@]} == 0)) || podman rm --force --time 0 "${containers[@]}" >/dev/null 2>&1 || true
  podman rmi --force "$IMAGE" >/dev/null 2>&1 || true
  rm -rf "$WORK"
}

main "$@"
