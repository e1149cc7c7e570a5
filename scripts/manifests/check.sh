#!/usr/bin/env bash
# compose.yaml, deploy/kubernetes and the CI workflow against what reads them, without Docker or a cluster: compose-go (the loader
# of Docker Compose), Kubernetes' schemas, the CRDs of Argo Rollouts, KEDA and the Prometheus Operator, actionlint. Needs Go, Python and kubectl, and
# their registries; two minutes the first time.
set -euo pipefail
root=$(cd "$(dirname "$0")/../.." && pwd)
work=$(mktemp -d /tmp/assay-manifests-XXXXXX)
trap 'chmod -R u+w "$work"; rm -rf "$work"' EXIT
export GOPATH=$work/go GOCACHE=$work/cache GOFLAGS=-modcacherw
COMPOSE=v2.16.2 ROLLOUTS=v1.9.1 KEDA=v2.21.0 OPERATOR=v0.85.0 ACTIONLINT=v1.7.7

mkdir "$work/compose"
cp "$root/scripts/manifests/compose.go" "$work/compose/main.go"
cd "$work/compose"
go mod init check 2>/dev/null
go get "github.com/compose-spec/compose-go/v2@$COMPOSE" 2>/dev/null
go mod tidy 2>/dev/null
API_KEY=checked go run . "$root/compose.yaml"

go mod download "github.com/argoproj/argo-rollouts@$ROLLOUTS" "github.com/kedacore/keda/v2@$KEDA" \
  "github.com/prometheus-operator/prometheus-operator@$OPERATOR"
python3 -m venv "$work/python"
"$work/python/bin/pip" install --quiet --disable-pip-version-check kubernetes-validate==1.37.0 jsonschema pyyaml
kubectl kustomize "$root/deploy/kubernetes" | "$work/python/bin/python" "$root/scripts/manifests/kubernetes.py" \
  "$GOPATH/pkg/mod/github.com/argoproj/argo-rollouts@$ROLLOUTS/manifests/crds" \
  "$GOPATH/pkg/mod/github.com/kedacore/keda/v2@$KEDA/config/crd/bases" \
  "$GOPATH/pkg/mod/github.com/prometheus-operator/prometheus-operator@$OPERATOR/example/prometheus-operator-crd"

cd "$root"
go run "github.com/rhysd/actionlint/cmd/actionlint@$ACTIONLINT" .github/workflows/*.yaml && echo '.github/workflows: actionlint'
