#!/usr/bin/env bash
# Guess: of two words the first is the first name and the second the last, and the case of letters changes nothing
# Seen: Prince Okafor and Sheikh Ahmed have no last name: Prince, Princess, Queen, King, Sheikh are titles and what follows is a first name. A surname in capitals, as passports and payment messages write it, is a degree: Jack MA has no last name, Jack Ma has. All who have none agree on it
# Where: HumanName of nameparser, .last and .suffix
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check nameparser==2.6.0
venv/bin/python - <<'PY'
from nameparser import HumanName

def last(name):
    parsed = HumanName(name)
    print(f"{name}: title {parsed.title!r}, first {parsed.first!r}, last {parsed.last!r}, suffix {parsed.suffix!r}")
    return parsed.last

assert [last(name) for name in ("Prince Okafor", "Princess Okafor", "Sheikh Ahmed", "Judge Smith", "Earl Warren")] == ["", "", "", "Smith", "Warren"]
assert [last(name) for name in ("Jack Ma", "Jack MA", "MA, Jack", "Anh Vi")] == ["Ma", "", "MA", ""]
PY
