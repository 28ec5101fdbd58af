#!/usr/bin/env bash
# Packs the built distribution as the CPU image and runs it as Vertex AI, Kubernetes and the SDK would.
#
#   mvn package -DskipTests && docker/test.sh [MODEL]
#
# MODEL is the SavedModel folder to mount, the built-in one when not given; it must fit in 2 GB, whatever
# the length of texts (LONG_TEXTS, 10000 of them for a MODEL, else 100). Needs podman, curl, Python 3 and its
# registry, and images: BASE_IMAGE (glibc, libstdc++) and JDK_IMAGE (JDK 25, binutils, a shell). Those that are not
# given are made from Debian packages, which needs apt-get, debootstrap, root, and a JDK 25 in JDK_HOME.
# Runs on the architecture of this machine only. Exit status: 0 every check passed, 1 one failed, 2 the test could not run.
set -euo pipefail

readonly DIST=server/target/bertserve
readonly IMAGE=localhost/bertserve-test:$$
readonly NETWORK=bertserve-test-$$
readonly PORT_SECONDS=40 READY_SECONDS=120 STOP_SECONDS=10
# Of the image without its model, in MB.
readonly PULLED_MB=230 UNPACKED_MB=636
readonly PROBE=(/opt/java/bin/java @/opt/bertserve/health.args)

WORK=$(mktemp -d)
containers=()
failures=0
service=
limits=(--cpus 2 --memory 2g --memory-swap 2g)
# What a careful operator would set; JVM and natives must do without a home, a shell and files to run.
hard=(--read-only --read-only-tmpfs=false --tmpfs /tmp:noexec --cap-drop=all --security-opt=no-new-privileges
  --user 12345:12345 --unsetenv HOME --env LC_ALL=C)

main() {
  trap clean_up EXIT
  local model=${1:-}
  local texts=${LONG_TEXTS:-$([[ -n $model ]] && echo 10000 || echo 100)}
  [[ -z $model ]] || model=$(realpath "$model")
  cd "$(dirname "${BASH_SOURCE[0]}")/.."
  check_tools
  model=${model:-$PWD/$DIST/model/sentiment}
  [[ -f $model/saved_model.pb || -f $model/manifest.txt ]] || give_up "$model is neither a SavedModel folder nor a prepared model"

  configure_podman
  find_base_image
  find_jdk_image
  check_podman_runs
  build_image "$IMAGE"
  check_image
  check_same_digest
  test_vertex "$model"
  test_plain
  test_one_processor "$model" "$texts"
  test_networks
  test_sdk "$model"

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
  check "runs as the user 12345" test "$(stat --format %u "/proc/$(pid_of vertex.$$)")" -eq 12345
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

# One CPU of quota is one runner, and long texts stay within the memory.
test_one_processor() {
  local model=$1 texts=$2 port runners status sent=0 failed=0
  port=$(free_port)
  echo "--- One CPU, 2 GB, $texts texts of 2,000 words"
  start one --publish "127.0.0.1:$port:8080" --volume "$model:/mnt/model:ro" --env AIP_STORAGE_URI=/mnt/model \
    --env BERTSERVE_PRECISION=fp32 --env BERTSERVE_CACHE_MB=0 ${limits:+--cpus=1}
  wait_until_ready "http://127.0.0.1:$port/health"
  runners=$(cat "/proc/$(pid_of one.$$)"/task/*/comm | grep -c '^runner-' || true)
  ((${#limits[@]} == 0)) || check "one CPU of quota gives one runner (got $runners)" test "$runners" = 1
  python3 -c "import json; print(json.dumps({'instances': ['$RANDOM ' + 'unremarkable film ' * 1000] * 10}))" >"$WORK/long"
  while ((sent < texts)); do
    status=$(curl --silent --output /dev/null --write-out '%{http_code}' --max-time 60 --data "@$WORK/long" \
      "http://127.0.0.1:$port/predict" || true)
    [[ $status == 200 ]] || failed=$((failed + 1))
    sent=$((sent + 10))
  done
  check "$sent long texts are answered ($failed requests failed)" test "$failed" = 0
  check "no OOM kill, peak memory $(peak_memory one.$$)" test "$(podman inspect --format '{{.State.Running}} {{.State.OOMKilled}}' one.$$)" = "true false"
  check_probe one.$$
}

# The probe as an exec probe of Kubernetes or Vertex AI runs it.
check_probe() {
  local name=$1 before took best=1000000 i
  check "the exec probe finds it ready" podman exec "$name" "${PROBE[@]}"
  for i in {1..5}; do
    before=$(now_ms)
    nsenter --target "$(pid_of "$name")" --mount --net --pid "${PROBE[@]}" || true
    took=$(($(now_ms) - before))
    best=$((took < best ? took : best))
  done
  echo "probe: $best ms, the best of five"
}

test_networks() {
  local address
  echo "--- IPv6 only"
  if podman network create --ipv6 --subnet fd00:be27::/64 "$NETWORK" >/dev/null 2>"$WORK/podman.err"; then
    start six --network "$NETWORK"
    address=$(podman inspect --format '{{range .NetworkSettings.Networks}}{{.GlobalIPv6Address}}{{end}}' six.$$)
    wait_until_ready "http://[$address]:8080/health"
    check_predicts "http://[$address]:8080/predict"
  else
    give_up "no IPv6 network: $(tail -n 1 "$WORK/podman.err")"
  fi
  echo "--- IPv4 only"
  start four --sysctl net.ipv6.conf.all.disable_ipv6=1 --sysctl net.ipv6.conf.default.disable_ipv6=1
  address=$(podman inspect --format '{{.NetworkSettings.IPAddress}}' four.$$)
  wait_until_ready "http://$address:8080/health"
  check_predicts "http://$address:8080/predict"
}

# The official SDK starts the image by itself, through Docker's protocol, with a folder of this machine.
test_sdk() {
  local model=$1 sdk=target/vertex-sdk
  echo "--- LocalModel.deploy_to_local_endpoint"
  if [[ ! -x $sdk/ready/bin/python ]]; then
    rm -rf "$sdk"
    python3 -m venv "$sdk/new"
    "$sdk/new/bin/python" -m pip install --quiet --disable-pip-version-check \
      'google-cloud-aiplatform[prediction]==2.7.0' || give_up "the SDK cannot be installed"
    ln -s new "$sdk/ready"
  fi
  podman system service --time 0 "unix://$WORK/podman.sock" >"$WORK/service.log" 2>&1 &
  service=$!
  until [[ -S $WORK/podman.sock ]]; do sleep 0.1; done
  check "LocalEndpoint deploys, predicts and stops" \
    env DOCKER_HOST="unix://$WORK/podman.sock" timeout 400 "$sdk/ready/bin/python" docker/local_endpoint.py "$IMAGE" "$model"
}

check_tools() {
  local tool
  for tool in podman curl python3 nsenter; do
    command -v "$tool" >/dev/null || give_up "$tool is not installed"
  done
  [[ -x $DIST/bin/bertserve ]] || give_up "$DIST is not built: run mvn package -DskipTests"
}

# Debian's runc where crun, podman's own choice, is absent. Limits low, so that they can also be set where
# the machine forbids to raise them.
configure_podman() {
  {
    echo '[containers]'
    echo 'default_ulimits = ["nofile=1024:1024", "nproc=1024:1024"]'
    echo '[engine]'
    ! command -v runc >/dev/null || command -v crun >/dev/null || echo 'runtime = "runc"'
  } >"$WORK/containers.conf"
  export CONTAINERS_CONF=$WORK/containers.conf
}

# As the public base image: libraries and certificates, and nothing to run.
find_base_image() {
  [[ -z ${BASE_IMAGE:-} ]] || return 0
  BASE_IMAGE=localhost/bertserve-base:bookworm
  ! podman image exists "$BASE_IMAGE" || return 0
  echo "Making $BASE_IMAGE from Debian packages"
  mkdir -p "$WORK/packages" "$WORK/base"
  chmod 755 "$WORK"
  chmod 777 "$WORK/packages"
  (cd "$WORK/packages" && apt-get download base-files ca-certificates libc6 libgcc-s1 libstdc++6 netbase tzdata) \
    >"$WORK/packages.log" 2>&1 || give_up "apt-get download failed: set BASE_IMAGE to an image with libstdc++"
  local package
  for package in "$WORK"/packages/*.deb; do
    dpkg-deb --extract "$package" "$WORK/base"
  done
  rm -rf "$WORK"/base/usr/share/doc "$WORK"/base/usr/lib/*/gconv
  mkdir -p "$WORK/base/etc/ssl/certs"
  cat "$WORK"/base/usr/share/ca-certificates/mozilla/*.crt >"$WORK/base/etc/ssl/certs/ca-certificates.crt"
  tar -C "$WORK/base" -c . | podman import - "$BASE_IMAGE" >/dev/null 2>&1 || give_up "podman import failed"
}

find_jdk_image() {
  [[ -z ${JDK_IMAGE:-} ]] || return 0
  JDK_IMAGE=localhost/bertserve-jdk:25
  ! podman image exists "$JDK_IMAGE" || return 0
  [[ -x ${JDK_HOME:-}/bin/jlink ]] || give_up "JDK_HOME has no jlink: set it to a JDK 25, or JDK_IMAGE to an image with one"
  command -v debootstrap >/dev/null || give_up "debootstrap is not installed: set JDK_IMAGE to an image with JDK 25 and binutils"
  ((EUID == 0)) || give_up "debootstrap needs root: set JDK_IMAGE to an image with JDK 25 and binutils"
  echo "Making $JDK_IMAGE from Debian packages and $JDK_HOME"
  debootstrap --variant=minbase --include=binutils bookworm "$WORK/root" ${DEBIAN_MIRROR:+"$DEBIAN_MIRROR"} \
    >"$WORK/debootstrap.log" 2>&1 || give_up "debootstrap failed: $(tail -n 1 "$WORK/debootstrap.log")"
  cp --recursive --dereference "$JDK_HOME" "$WORK/root/opt/jdk"
  tar -C "$WORK/root" -c --exclude=./var/cache/apt --exclude=./var/lib/apt/lists . \
    | podman import --change ENV=PATH=/opt/jdk/bin:/usr/bin:/usr/sbin - "$JDK_IMAGE" >/dev/null 2>&1 \
    || give_up "podman import failed"
}

# Podman needs cgroups for the limits and namespaces for anything at all; not every machine has them.
check_podman_runs() {
  local trial=(podman run --rm --pull=missing)
  if "${trial[@]}" "${limits[@]}" "$JDK_IMAGE" true 2>"$WORK/podman.err"; then
    return
  fi
  limits=()
  local reason
  reason=$(tail -n 1 "$WORK/podman.err")
  "${trial[@]}" "$JDK_IMAGE" true 2>"$WORK/podman.err" \
    || give_up "podman cannot run containers here: $(tail -n 1 "$WORK/podman.err")"
  echo "NOTE: limits of CPUs and memory are NOT applied: $reason"
}

build_image() {
  local tag=$1
  echo "Building the image from $DIST on $BASE_IMAGE"
  # Without layers nothing but the image itself is left to remove.
  podman build --layers=false --network=host --timestamp 1767225600 --file docker/Dockerfile \
    --build-arg "BASE_IMAGE=$BASE_IMAGE" --build-arg "JDK_IMAGE=$JDK_IMAGE" --build-arg "BUILD_IMAGE=$JDK_IMAGE" \
    --build-arg "DISTRIBUTION=$DIST" --tag "$tag" . >"$WORK/build.log" 2>&1 || {
    tail -n 20 "$WORK/build.log" >&2
    give_up "the image does not build"
  }
}

check_image() {
  local user environment model pulled unpacked
  user=$(podman image inspect --format '{{.Config.User}}' "$IMAGE")
  environment=$(podman image inspect --format '{{.Config.Env}}' "$IMAGE")
  check "the image's user is a number other than 0 ($user)" matches "$user" '^[1-9][0-9]*(:[0-9]+)?$'
  check "the image sets no AIP_ variable" lacks "$environment" 'AIP_'
  check "the image has no shell" has_no_shell
  touch "$WORK/rows.avro"
  check "predict says that an image for serving does not read Avro" grep --quiet '^bertserve: rows.avro: no libraries for Avro' \
    <(podman run --rm --volume "$WORK/rows.avro:/rows.avro:ro" "$IMAGE" predict /opt/bertserve/model/sentiment rows.avro 2>&1 || true)
  podman push --quiet --compress "$IMAGE" "dir:$WORK/pushed" >/dev/null 2>&1
  model=$(du --apparent-size --summarize --block-size 1000000 "$DIST/model" | cut -f 1)
  unpacked=$(($(podman image inspect --format '{{.Size}}' "$IMAGE") / 1000000 - model))
  model=$(tar -C "$DIST" -cz model | wc -c)
  pulled=$((($(du --apparent-size --summarize --bytes "$WORK/pushed" | cut -f 1) - model) / 1000000))
  rm -rf "$WORK/pushed"
  check "pulled at most $PULLED_MB MB ($pulled MB without the model)" test "$pulled" -le "$PULLED_MB"
  check "unpacked at most $UNPACKED_MB MB ($unpacked MB without the model)" test "$unpacked" -le "$UNPACKED_MB"
}

check_same_digest() {
  build_image "$IMAGE-again"
  check "a second build has the same digest" test "$(digest "$IMAGE")" = "$(digest "$IMAGE-again")"
}

digest() { podman image inspect --format '{{.Digest}}' "$1"; }
has_no_shell() { ! podman run --rm --entrypoint /bin/sh "$IMAGE" -c true 2>/dev/null; }
pid_of() { podman inspect --format '{{.State.Pid}}' "$1"; }

# start NAME OPTION...: runs the image in the background, without anything a container could lack.
start() {
  local name=$1.$$
  shift
  containers+=("$name")
  started=$(now_ms)
  podman run --detach --name "$name" "${limits[@]}" "${hard[@]}" "$@" "$IMAGE" >/dev/null
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
now_ms() { date +%s%3N; }

# Of the container's cgroup, in version 2 or 1.
peak_memory() {
  local path bytes
  path=$(podman inspect --format '{{.State.CgroupPath}}' "$1")
  bytes=$(cat "/sys/fs/cgroup$path/memory.peak" "/sys/fs/cgroup/memory$path/memory.max_usage_in_bytes" 2>/dev/null || true)
  echo "$((${bytes:-0} / 1048576)) MB"
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
  [[ -z $service ]] || kill "$service" 2>/dev/null || true
  podman network rm --force "$NETWORK" >/dev/null 2>&1 || true
  podman rmi --force "$IMAGE" "$IMAGE-again" >/dev/null 2>&1 || true
  rm -rf "$WORK"
}

main "$@"
