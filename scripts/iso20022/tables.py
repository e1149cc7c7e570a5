"""
Makes src/intake/iso20022/tables.generated.ts: which elements a message of ISO 20022 may hold, in which order, how often, and what stands in
them. The facts are those of the published schemas, as PyPI's pyiso20022 1.6.2 (MIT) carries them in its classes' metadata.

  python3 -m venv venv && venv/bin/pip install pyiso20022==1.6.2 xsdata==26.10
  venv/bin/python scripts/iso20022/tables.py src/intake/iso20022/tables.generated.ts

A type is a list of elements [name, least, most (0: any number), type]; one whose name ends in "Choice" holds exactly one of them.
What stands in a leaf is written in words: `text 1 35`, `date`, `dateTime`, `boolean`, `base64`, `decimal 18 5 0` (digits, of them after the
point, least), `one of A B C`, `like PATTERN`, `any`; an amount is its decimal and ` @Ccy`.
"""

import dataclasses
import enum
import importlib
import json
import sys
import typing
from decimal import Decimal

MESSAGES = {
    "pacs.008.001": [8, 9, 10, 11, 12, 13],
    "pain.001.001": [3, 9, 10, 11, 12],
    "pacs.002.001": [10, 11, 12, 13, 14, 15],
}

types: dict[str, object] = {}


def of_union(hint):
    """What is in a `list[X]` or an `X | None`."""
    if typing.get_origin(hint) is list:
        return of_union(typing.get_args(hint)[0])
    args = [one for one in typing.get_args(hint) if one is not type(None)]
    return of_union(args[0]) if args else hint


def leaf(hint, facets) -> str:
    if isinstance(hint, type) and issubclass(hint, enum.Enum):
        return "one of " + " ".join(str(one.value) for one in hint)
    if hint is bool:
        return "boolean"
    if hint is Decimal:
        least = facets.get("min_inclusive")
        digits = f"{facets.get('total_digits', 18)} {facets.get('fraction_digits', 17)}"
        return f"decimal {digits}" + ("" if least is None else f" {least}")
    name = getattr(hint, "__name__", str(hint))
    if name == "XmlDate":
        return "date"
    if name == "XmlDateTime":
        return "dateTime"
    if name == "XmlTime":
        return "time"
    if name == "XmlPeriod":
        return "year"
    if hint is bytes:
        return "base64"
    if hint is not str:
        raise ValueError(f"what is {hint}?")
    if "pattern" in facets:
        return "like " + facets["pattern"]
    if "max_length" in facets:
        return f"text {facets.get('min_length', 0)} {facets['max_length']}"
    return "text 0 1000000"


def name_of(cls) -> str:
    """As the schema calls it: the class has it in capitals of another kind at times."""
    name = getattr(getattr(cls, "Meta", None), "name", None) or cls.__name__
    # The one choice whose name does not say so (pain.001.001.03): found by validating with the schema itself.
    return "CashAccountType2AsChoice" if name == "CashAccountType2" else name


def described(hint, facets) -> str:
    if not dataclasses.is_dataclass(hint):
        return leaf(hint, facets)
    hints = typing.get_type_hints(hint)
    fields = dataclasses.fields(hint)
    if any(field.metadata.get("type") == "Wildcard" for field in fields):
        return "any"
    value = [field for field in fields if field.name == "value" and "name" not in field.metadata]
    if value:
        attributes = [field.metadata["name"] for field in fields if field.metadata.get("type") == "Attribute"]
        return leaf(of_union(hints["value"]), value[0].metadata) + "".join(f" @{one}" for one in attributes)
    name = name_of(hint)
    if name in types and types[name] is None:
        return name
    known = types.get(name)
    types.setdefault(name, None)
    rows = []
    for field in fields:
        meta = field.metadata
        many = typing.get_origin(hints[field.name]) is list
        least = meta.get("min_occurs", 0) if many else int(bool(meta.get("required")))
        most = 1 if not many else 0 if meta.get("max_occurs", 1 << 60) > 1 << 20 else meta["max_occurs"]
        rows.append([meta["name"], least, most, described(of_union(hints[field.name]), meta)])
    if known is not None and known != rows:
        raise ValueError(f"{name} is two things")
    types[name] = rows
    return name


messages = {}
for family, versions in MESSAGES.items():
    for version in versions:
        name = f"{family}.{version:02}"
        module = importlib.import_module(f"pyiso20022.{family[:4]}.{name.replace('.', '_')}")
        root = dataclasses.fields(module.Document)[0]
        messages[name] = [root.metadata["name"], described(typing.get_type_hints(module.Document)[root.name], root.metadata)]

lines = "\n".join(f"  {name}: {json.dumps(rows, ensure_ascii=False)}," for name, rows in sorted(types.items()))
roots = "\n".join(f"  {json.dumps(name)}: {json.dumps(root)}," for name, root in messages.items())
with open(sys.argv[1], "w", encoding="utf-8") as out:
    out.write(
        "// Made by scripts/iso20022/tables.py from pyiso20022 1.6.2; what a row says is told there.\n\n"
        "/** Element, least, most (0: any number), type. */\n"
        "export type Row = readonly [name: string, least: number, most: number, type: string];\n\n"
        "/** By the message's name: the element within Document, and its type. */\n"
        f"export const MESSAGES: Readonly<Record<string, readonly [string, string]>> = {{\n{roots}\n}};\n\n"
        f"export const TYPES: Readonly<Record<string, readonly Row[]>> = {{\n{lines}\n}};\n"
    )
