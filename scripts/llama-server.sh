#!/bin/sh
# Builds llama.cpp's own server into a folder, for test/services/llm.test.ts: its source comes inside the source package
# of llama-cpp-python. Needs pip, cmake, ninja and a C++ compiler; some ten minutes on two cores.
#
#   scripts/llama-server.sh /tmp/llama && LLAMA_SERVER=/tmp/llama/bin/llama-server npm run test:services
set -eu
folder=${1:?which folder?}
version=0.3.36
mkdir -p "$folder/source"
python3 -m pip download --no-deps --no-binary llama-cpp-python --dest "$folder" "llama-cpp-python==$version"
tar -xzf "$folder/llama_cpp_python-$version.tar.gz" -C "$folder/source" --strip-components=1
cmake -G Ninja -S "$folder/source/vendor/llama.cpp" -B "$folder" \
  -DCMAKE_BUILD_TYPE=None -DCMAKE_CXX_FLAGS="-O1" -DCMAKE_C_FLAGS="-O2" -DBUILD_SHARED_LIBS=OFF \
  -DGGML_NATIVE=OFF -DGGML_OPENMP=OFF -DLLAMA_OPENSSL=OFF -DLLAMA_ALL_WARNINGS=OFF \
  -DLLAMA_BUILD_TESTS=OFF -DLLAMA_BUILD_EXAMPLES=OFF -DLLAMA_BUILD_APP=OFF \
  -DLLAMA_BUILD_UI=OFF -DLLAMA_USE_PREBUILT_UI=OFF
ninja -C "$folder" llama-server
