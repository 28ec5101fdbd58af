#!/usr/bin/env bash
# Makes the virtual environments of the Python peers beside this file, or checks them again.
#
#   benchmarks/peers/setup.sh [2.18|2.15]...      both when none is named
#
# Needs Python 3.11 and pip's registry. About 1.5 GB of disk each.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

readonly PYTHON=${PYTHON:-python3.11}

# make VERSION PACKAGE...: the packages in order, then a look whether they work together.
make() {
  local environment=.venv-tensorflow-$1
  shift
  "$PYTHON" -m venv "$environment"
  "$environment/bin/pip" install --quiet "$1"
  # TensorFlow Text asks for the tensorflow package; tensorflow-cpu is the same without CUDA.
  "$environment/bin/pip" install --quiet --no-deps "${@:2}"
  TF_CPP_MIN_LOG_LEVEL=3 "$environment/bin/python" -c \
    'import sys, tensorflow, tensorflow_text; print(sys.prefix, tensorflow.__version__, tensorflow_text.__version__)'
}

(($# > 0)) || set -- 2.18 2.15
for version in "$@"; do
  case $version in
    2.18) make 2.18 tensorflow-cpu==2.18.1 tensorflow-text==2.18.1 ;;
    2.15) make 2.15 tensorflow-cpu==2.15.1 tensorflow-text==2.15.0 tensorflow-hub==0.15.0 ;;
    *)
      echo "setup.sh: no such version: $version (2.18 or 2.15)" >&2
      exit 2
      ;;
  esac
done
