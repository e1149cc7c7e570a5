#!/usr/bin/env bash
# Guess: Soundex is a hundred years old and one letter with three digits: every package gives a name the same code
# Seen: Pfister is P236, P123 and P102306, Lloyd L300 and L430, Ashcraft A261 and A226: whether letters of one code beside the first are dropped, and whether H parts two of them, is each package's own; one gives no three digits at all. A list's codes of one are not found by another's
# Where: soundex of jellyfish and phonetics, pyphonetics' Soundex, natural's SoundEx
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
python3 -m venv venv
venv/bin/pip install -q --no-compile --disable-pip-version-check jellyfish==1.3.0 phonetics==1.0.5 pyphonetics==0.5.3
npm init -y >/dev/null
npm install --silent --no-audit --no-fund --ignore-scripts natural@8.1.1
names='Pfister Lloyd Ashcraft Schmidt Robert'
cat >check.cjs <<'JS'
const soundex = new (require('natural/lib/natural/phonetics/soundex'))();
console.log(process.argv.slice(2).map((name) => soundex.process(name)).join(' '));
JS
node check.cjs $names >natural.txt
venv/bin/python -W ignore - $names <<'PY'
import sys

import jellyfish
import phonetics
from pyphonetics import Soundex

names = sys.argv[1:]
natural = open("natural.txt").read().split()
seen = {name: (jellyfish.soundex(name), Soundex().phonetics(name), phonetics.soundex(name), other) for name, other in zip(names, natural)}
for name, codes in seen.items():
    print(f"{name}: jellyfish {codes[0]}, pyphonetics {codes[1]}, phonetics {codes[2]}, natural {codes[3]}")
assert seen["Pfister"] == ("P236", "P123", "P102306", "P236")
assert seen["Lloyd"] == ("L300", "L430", "L403", "L300")
assert seen["Ashcraft"] == ("A261", "A261", "A2026013", "A226")
assert {seen["Robert"][at] for at in (0, 1, 3)} == {"R163"}
PY
