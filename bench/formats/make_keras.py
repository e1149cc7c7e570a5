"""Trains a Keras network 64-32-1 on made-up rows, exports it to ONNX as Keras does, and notes what Keras says of 10,000 others.

    python make_keras.py <folder>      # tensorflow-cpu 2.21.0 and tf2onnx 1.17.0, in an environment of their own
"""
import json
import pathlib
import sys

import keras
import numpy as np

ROWS, FEATURES = 10_000, 30
folder = pathlib.Path(sys.argv[1]) / "onnx-tensorflow-keras"
folder.mkdir(parents=True, exist_ok=True)
keras.utils.set_random_seed(9)
rng = np.random.default_rng(9)


def matrix(rows):
    return rng.normal(size=(rows, FEATURES)).astype(np.float32) * np.linspace(0.5, 3, FEATURES, dtype=np.float32)


x = matrix(20_000)
y = (x[:, 0] + x[:, 1] * x[:, 2] / 3 + rng.normal(size=len(x)) > 2).astype(np.float32)
mean, scale = x.mean(axis=0, dtype=float), x.std(axis=0, dtype=float)


def scaled(rows):
    return ((rows.astype(float) - mean) / scale).astype(np.float32)


# Scaled outside: of a Normalization layer tf2onnx exports the operators without their numbers.
model = keras.Sequential([
    keras.Input((FEATURES,)),
    keras.layers.Dense(64, activation="relu"),
    keras.layers.Dropout(0.3),
    keras.layers.Dense(32, activation="relu"),
    keras.layers.Dropout(0.3),
    keras.layers.Dense(1, activation="sigmoid"),
])
model.compile(optimizer="adam", loss="binary_crossentropy")
model.fit(scaled(x), y, epochs=4, batch_size=256, verbose=0)
model.export(str(folder / "model.onnx"), format="onnx", verbose=False)
test = matrix(ROWS)
said = model.predict(scaled(test), verbose=0)[:, 0]
names = [f"feature_{i}" for i in range(FEATURES)]
case = dict(name="onnx-tensorflow-keras", model="model.onnx", count=ROWS, features=names, given=names,
            scaling=dict(mean=mean.tolist(), scale=scale.tolist()))
(folder / "case.json").write_text(json.dumps(case) + "\n")
for key, values in dict(rows=test, probability=said, library=said).items():
    (folder / f"{key}.f64").write_bytes(np.ascontiguousarray(values, "<f8").tobytes())
print("made onnx-tensorflow-keras", (folder / "model.onnx").stat().st_size, "bytes")
