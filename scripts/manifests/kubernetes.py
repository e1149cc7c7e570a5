"""Manifests on standard input against Kubernetes' own schemas, and against the CRDs in the folders that are named. Unknown fields are errors."""

import glob
import sys

import jsonschema
import kubernetes_validate
import yaml

VERSION = "1.34"

# A bare `=`, as in an enum of matchers, is text to everybody else.
yaml.SafeLoader.add_constructor("tag:yaml.org,2002:value", lambda loader, node: node.value)


def close(schema):
    """No field beyond those described: a misspelt one would be dropped in silence."""
    if isinstance(schema, dict):
        open_ended = schema.get("x-kubernetes-preserve-unknown-fields") or "additionalProperties" in schema
        if schema.get("type") == "object" and "properties" in schema and not open_ended:
            schema["additionalProperties"] = False
        for part in schema.values():
            close(part)
    elif isinstance(schema, list):
        for part in schema:
            close(part)


kinds = {}
for folder in sys.argv[1:]:
    for path in glob.glob(f"{folder}/*.yaml"):
        for crd in yaml.safe_load_all(open(path)):
            if crd and crd.get("kind") == "CustomResourceDefinition":
                for version in crd["spec"]["versions"]:
                    schema = version["schema"]["openAPIV3Schema"]
                    schema["properties"].pop("metadata", None)
                    close(schema)
                    kinds[f"{crd['spec']['group']}/{version['name']}", crd["spec"]["names"]["kind"]] = schema

failed = 0
for manifest in yaml.safe_load_all(sys.stdin):
    name = f"{manifest['kind']} {manifest['metadata']['name']}"
    schema = kinds.get((manifest["apiVersion"], manifest["kind"]))
    try:
        if schema:
            jsonschema.validate({k: v for k, v in manifest.items() if k != "metadata"}, schema)
        else:
            kubernetes_validate.validate(manifest, VERSION, strict=True)
        print(f"{name}: {'its CRD' if schema else f'Kubernetes {VERSION}'}")
    except Exception as error:
        failed += 1
        print(f"{name}: {str(error)[:500]}")
sys.exit(failed > 0)
