#!/usr/bin/env bash
# Everything in one go: makes the models, then prints the largest differences of imports and of exports. Eight minutes on two cores.
#   bench/formats/run.sh [folder] [keras]
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
work=${1:-$(mktemp -d)}
export PATH="$here/../../node_modules/.bin:$PATH"
mkdir -p "$work/node"
[ -x "$work/venv/bin/python" ] || python3 -m venv "$work/venv"
"$work/venv/bin/pip" install -q -r "$here/requirements.txt"
[ -d "$work/node/node_modules/onnxruntime-node" ] || ONNXRUNTIME_NODE_INSTALL=skip npm install --silent --prefix "$work/node" onnxruntime-node@1.30.0
[ -f "$work/cases/onnx-inputs-by-name/case.json" ] || "$work/venv/bin/python" "$here/make.py" "$work/cases"
if [ "${2:-}" = keras ] && [ ! -f "$work/cases/onnx-tensorflow-keras/case.json" ]; then
  python3 -m venv "$work/keras"
  "$work/keras/bin/pip" install -q -r "$here/requirements-keras.txt"
  "$work/keras/bin/python" "$here/make_keras.py" "$work/cases"
fi
echo 'Imported models against their libraries:'
NODE_PATH="$work/node/node_modules" node "$here/compare.ts" "$work/cases"
[ -d "$work/classes" ] || "$work/venv/bin/python" "$here/make_classes.py" "$work/classes"
echo 'Classes of ONNX files:'
NODE_PATH="$work/node/node_modules" node "$here/classes.ts" "$work/classes"
node "$here/export.ts" "$work/cases" "$work/exports" >/dev/null
if [ ! -f "$work/pmml/scorecard.pmml" ]; then
  python3 -m venv "$work/venv-pmml"
  "$work/venv-pmml/bin/pip" install -q -r "$here/requirements-pmml.txt"
  "$work/venv-pmml/bin/python" "$here/make_pmml.py" "$work/pmml" >/dev/null 2>&1
fi
if [ ! -d "$work/jpmml/target/dependency" ]; then
  cp -r "$here/jpmml" "$work/"
  (cd "$work/jpmml" && mvn -q -B package dependency:copy-dependencies)
fi
for model in "$work"/pmml/*.pmml; do
  java -cp "$work/jpmml/target/classes:$work/jpmml/target/dependency/*" Evaluate "$model" "${model%.pmml}.csv" "${model%.pmml}.out.csv"
done
echo 'PMML against JPMML-Evaluator:'
node "$here/pmml.ts" "$work/pmml"
echo 'Exported models in ONNX Runtime against Assay:'
"$work/venv/bin/python" "$here/check_exports.py" "$work/exports"
