#!/usr/bin/env bash
# Makes the virtual environments of the peers beside this file, or in the folder $ENVIRONMENTS, or checks them again.
#
#   benchmarks/peers/setup.sh [2.18|2.15|runtimes]...      all when none is named
#
# Needs Python 3.11 and pip's registry. About 1.5 GB of disk for each TensorFlow, 0.6 GB for runtimes.
set -euo pipefail
cd "${ENVIRONMENTS:-$(dirname "${BASH_SOURCE[0]}")}"

readonly PYTHON=${PYTHON:-python3.11}

# make NAME MODULES PACKAGE...: the first package with what it needs, the others as they are, then a
# look whether they work together.
make() {
  local environment=.venv-$1 modules=$2
  shift 2
  "$PYTHON" -m venv "$environment"
  "$environment/bin/pip" install --quiet "$1"
  # TensorFlow Text asks for the tensorflow package; tensorflow-cpu is the same without CUDA.
  "$environment/bin/pip" install --quiet --no-deps "${@:2}"
  TF_CPP_MIN_LOG_LEVEL=3 "$environment/bin/python" -c \
    "import sys, $modules; print(sys.prefix, *[one.__version__ for one in ($modules)])"
}

(($# > 0)) || set -- 2.18 2.15 runtimes
for name in "$@"; do
  case $name in
    2.18)
      make tensorflow-2.18 'tensorflow, tensorflow_text, tf2onnx' \
        tensorflow-cpu==2.18.1 tensorflow-text==2.18.1 tf2onnx==1.17.0 onnx==1.19.1
      ;;
    2.15)
      make tensorflow-2.15 'tensorflow, tensorflow_text' \
        tensorflow-cpu==2.15.1 tensorflow-text==2.15.0 tensorflow-hub==0.15.0
      ;;
    runtimes)
      # From nncf on: what it imports for OpenVINO models.
      make runtimes 'openvino, onnxruntime, onnx, nncf' \
        onnxruntime==1.31.1 openvino==2026.4.1 openvino-telemetry==2025.2.0 onnx==1.23.2 ml_dtypes==0.6.0 \
        typing_extensions==4.16.0 sympy==1.14.0 mpmath==1.3.0 \
        nncf==3.4.0 networkx==3.6.1 psutil==7.2.2 rich==15.0.0 safetensors==0.8.0 scipy==1.17.1 tabulate==0.10.0
      ;;
    *)
      echo "setup.sh: no such environment: $name (2.18, 2.15 or runtimes)" >&2
      exit 2
      ;;
  esac
done
