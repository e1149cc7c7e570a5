"""Runs what export.ts wrote in ONNX Runtime and prints the largest differences to Assay's own scores.

    python check_exports.py <folder of export.ts>
"""
import pathlib
import sys

import numpy as np
import onnx
import onnxruntime as ort

most = 0
for folder in sorted(p.parent for p in pathlib.Path(sys.argv[1]).glob("*/model.onnx")):
    onnx.checker.check_model(str(folder / "model.onnx"), full_check=True)
    session = ort.InferenceSession(str(folder / "model.onnx"))
    width = session.get_inputs()[0].shape[1]
    rows = np.fromfile(folder / "rows.bin", "<f4").reshape(-1, width)
    raw, probability = session.run(["raw", "probability"], {"features": rows})
    one = session.run(["probability"], {"features": rows[:1]})[0]
    assert np.array_equal(one, probability[:1]), "one row differs from a batch"
    ours = {key: np.fromfile(folder / f"{key}.bin", "<f8") for key in ("raw", "probability")}
    far = [np.max(np.abs(ours["raw"] - raw[:, 0])), np.max(np.abs(ours["probability"] - probability[:, 0]))]
    most = max(most, *far)
    size = (folder / "model.onnx").stat().st_size // 1024
    print(f"{folder.name:28} {len(rows)} rows   raw {far[0]:.1e}   probability {far[1]:.1e}   raw from {ours['raw'].min():.2f} to {ours['raw'].max():.2f}   {size} KB")
print(f"largest difference: {most:.1e}")
