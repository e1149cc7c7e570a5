#!/usr/bin/env bash
# Clients that others generate from the document: each is made, compiled strictly, posts a payment of 1234567.89 with metadata
# and reads both back unchanged. Versions are pinned; what cannot be had is left out, and said.
#
#   scripts/clients/check.sh http://127.0.0.1:3000     a running server without keys, or with its key in ASSAY_KEY
#
# Against one with a key, whose data are worth nothing, schemathesis asks for two minutes too: whatever fits the document or breaks it.
set -uo pipefail
url=${1:?the address of a running server}
here=$(cd "$(dirname "$0")" && pwd)
node=$here/../../node_modules/.bin/node
work=$(mktemp -d /tmp/assay-clients-XXXXXX)
trap 'rm -rf "$work"' EXIT
export URL=$url KEY=${ASSAY_KEY:-}
cd "$work"
curl -sf "$url/openapi.json" -o openapi.json || { echo "no document at $url"; exit 1; }
failed=0
row() { printf '%-48s %s\n' "$1" "$2"; }
# check NAME FUNCTION [WHAT IT SHOWS]: by its exit, 77 is "cannot be had here".
check() {
  (set -e; mkdir "$2"; cd "$2"; "$2") >"$2.log" 2>&1
  case $? in
    0) row "$1" "${3:-compiles, reads back unchanged}" ;;
    77) row "$1" "left out: $(tail -n 1 "$2.log")" ;;
    *) row "$1" 'FAILED'; tail -n 15 "$2.log"; failed=1 ;;
  esac
}
lacks() { echo "$*"; exit 77; }

with_openapi_typescript() {
  echo '{"type":"module"}' >package.json
  npm install --silent --no-audit --no-fund openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3 @types/node@24.10.1 ||
    lacks 'npm cannot install it'
  npx openapi-typescript ../openapi.json -o api.d.ts
  cat >probe.ts <<'TS'
import { strict as assert } from 'node:assert';
import createClient from 'openapi-fetch';
import type { paths } from './api.d.ts';

const client = createClient<paths>({ baseUrl: process.env.URL, headers: process.env.KEY ? { 'x-api-key': process.env.KEY } : {} });
const metadata = { basketSize: 3, note: 'à' };
const made = await client.POST('/api/transactions', { body: { userId: 'u', amount: 1234567.89, metadata } });
assert.ok(made.data && 'decision' in made.data, JSON.stringify(made.error));
const read = await client.GET('/api/transactions/{id}', { params: { path: { id: made.data.id } } });
assert.equal(read.data?.amount, 1234567.89);
assert.deepEqual(read.data?.metadata, metadata);
TS
  npx tsc --strict --noEmit --skipLibCheck false --target es2022 --module nodenext --types node --allowImportingTsExtensions probe.ts
  "$node" probe.ts
}

# generate GENERATOR FOLDER…: by openapi-generator.
generate() {
  command -v java mvn || lacks 'needs Java and Maven'
  local artifact=org.openapitools:openapi-generator-cli:7.16.0
  mvn -B -q dependency:copy -Dartifact=$artifact -DoutputDirectory=.. -Dmdep.stripVersion=true || lacks 'Maven cannot get it'
  java -jar ../openapi-generator-cli.jar generate -g "$1" -i ../openapi.json -o "$2" "${@:3}"
}

with_openapi_generator_python() {
  python3 -m venv venv
  generate python client --additional-properties=packageName=assay_client
  venv/bin/pip install -q ./client mypy==2.4.1 types-python-dateutil || lacks 'pip cannot install it'
  # It writes its file of webhooks without types, which is no Python, and imports it nowhere.
  venv/bin/python -m compileall -q -x events_api client/assay_client
  cat >probe.py <<'PY'
import os

import assay_client as assay

configuration = assay.Configuration(host=os.environ["URL"])
if os.environ["KEY"]:
    configuration.api_key["apiKey"] = os.environ["KEY"]
with assay.ApiClient(configuration) as client:
    api = assay.TransactionsApi(client)
    sent = {"basketSize": 3, "note": "à"}
    made = api.decide_transaction(assay.TransactionInput(userId="u", amount=1234567.89, metadata=sent))
    assert isinstance(made, assay.Decision), made
    read = api.get_transaction(made.id)
    assert read.amount == 1234567.89, read.amount
    assert read.metadata == sent, read.metadata
PY
  venv/bin/python probe.py
}

with_openapi_generator() {
  generate typescript-fetch src
  echo '{"type":"module"}' >package.json
  npm install --silent --no-audit --no-fund typescript@5.9.3 @types/node@24.10.1 || lacks 'npm cannot install TypeScript'
  cat >probe.ts <<'TS'
import { strict as assert } from 'node:assert';
import { Configuration, TransactionsApi } from './src/index';

async function main(): Promise<void> {
  const api = new TransactionsApi(new Configuration({ basePath: process.env.URL, apiKey: process.env.KEY || undefined }));
  const metadata = { basketSize: 3, note: 'à' };
  const made = await api.decideTransaction({ transactionInput: { userId: 'u', amount: 1234567.89, metadata } });
  assert.ok('id' in made && typeof made.id === 'string');
  const read = await api.getTransaction({ id: made.id });
  assert.equal(read.amount, 1234567.89);
  assert.deepEqual(read.metadata, metadata);
}
void main();
TS
  sed -i 's/"module"/"commonjs"/' package.json
  npx tsc --strict --target es2022 --module commonjs --lib es2022,dom --types node --outDir out probe.ts
  "$node" out/probe.js
}

with_openapi_python_client() {
  python3 -m venv venv && venv/bin/pip install -q openapi-python-client==0.29.1 ruff==0.17.6 mypy==2.4.1 types-python-dateutil ||
    lacks 'pip cannot install it'
  PATH=$PWD/venv/bin:$PATH openapi-python-client generate --path ../openapi.json --output-path assay_client --meta none
  cat >probe.py <<'PY'
import os

from assay_client.api.transactions import decide_transaction, get_transaction
from assay_client.client import Client
from assay_client.models.decision import Decision
from assay_client.models.transaction import Transaction
from assay_client.models.transaction_input import TransactionInput
from assay_client.models.transaction_input_metadata import TransactionInputMetadata
from assay_client.types import Unset

key = os.environ["KEY"]
client = Client(base_url=os.environ["URL"], headers={"x-api-key": key} if key else {})
sent = {"basketSize": 3, "note": "à"}
body = TransactionInput(user_id="u", amount=1234567.89, metadata=TransactionInputMetadata.from_dict(sent))
made = decide_transaction.sync(client=client, body=body)
assert isinstance(made, Decision), made
read = get_transaction.sync(made.id, client=client)
assert isinstance(read, Transaction), read
assert read.amount == 1234567.89, read.amount
assert not isinstance(read.metadata, Unset) and read.metadata.to_dict() == sent, read.metadata
PY
  # What the generator's own templates do is not held against the document.
  venv/bin/mypy --strict --follow-imports=silent probe.py
  venv/bin/python probe.py
}

# It reads OpenAPI 3.0 only.
with_oapi_codegen() {
  command -v go || lacks 'needs Go'
  GOBIN=$PWD go install github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2 || lacks 'Go cannot get it'
  "$node" "$here/to-3.0.ts" ../openapi.json >openapi-3.0.json
  go mod init probe
  mkdir assay
  ./oapi-codegen -package assay -generate types,client -o assay/client.gen.go openapi-3.0.json
  cat >probe.go <<'GO'
package main

import (
	"context"
	"net/http"
	"os"
	"reflect"

	"probe/assay"
)

func main() {
	key := assay.WithRequestEditorFn(func(_ context.Context, request *http.Request) error {
		if os.Getenv("KEY") != "" {
			request.Header.Set("X-API-Key", os.Getenv("KEY"))
		}
		return nil
	})
	client, err := assay.NewClientWithResponses(os.Getenv("URL"), key)
	if err != nil {
		panic(err)
	}
	amount := 1234567.89
	sent := map[string]interface{}{"basketSize": 3.0, "note": "à"}
	body := assay.TransactionInput{UserId: "u", Amount: &amount, Metadata: &sent}
	made, err := client.DecideTransactionWithResponse(context.Background(), nil, body)
	if err != nil || made.JSON201 == nil {
		panic(string(made.Body))
	}
	read, err := client.GetTransactionWithResponse(context.Background(), made.JSON201.Id)
	if err != nil || read.JSON200 == nil {
		panic(string(read.Body))
	}
	if read.JSON200.Amount == nil || *read.JSON200.Amount != amount || !reflect.DeepEqual(*read.JSON200.Metadata, sent) {
		panic(string(read.Body))
	}
}
GO
  go get github.com/oapi-codegen/runtime@v1.9.0
  go mod tidy
  go vet ./...
  go run .
}

with_schemathesis() {
  [ -n "$KEY" ] || lacks 'needs a server with a key in ASSAY_KEY, and no data to lose: it makes keys, rules and lists'
  python3 -m venv venv && venv/bin/pip install -q schemathesis==4.32.5 || lacks 'pip cannot install it'
  venv/bin/st run "$URL/openapi.json" -H "X-API-Key: $KEY" --max-time 120 -n 12 --suppress-health-check all --continue-on-failure \
    --checks not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance \
    --exclude-path-regex '(demo|session|promote|resume|/test)$'
}

row "the document: $(wc -c <openapi.json) bytes" ''
check 'openapi-typescript 7.13.0 (tsc --strict)' with_openapi_typescript
check 'openapi-generator 7.16.0 typescript-fetch' with_openapi_generator
check 'openapi-generator 7.16.0 python' with_openapi_generator_python
check 'openapi-python-client 0.29.1 (mypy --strict)' with_openapi_python_client
check 'oapi-codegen 2.8.2 from the 3.0 form (go vet)' with_oapi_codegen
check 'schemathesis 4.32.5, answers' with_schemathesis 'no answer that the document does not have'
exit $failed
