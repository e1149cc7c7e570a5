"""Two models of card vectors, each as the rival serves it and as Assay imports it: make.py FOLDER."""

import os
import pickle
import sys

os.environ["OMP_NUM_THREADS"] = "1"
import lightgbm
import numpy
from skl2onnx import to_onnx
from sklearn.ensemble import RandomForestClassifier

NAMES = [f"V{i}" for i in range(1, 29)] + ["Amount"]
folder = sys.argv[1]
random = numpy.random.default_rng(7)
# Singles: the ONNX file reads its input as such, and a double would fall to the other side of some thresholds.
rows = random.normal(size=(20_000, len(NAMES))).astype(numpy.float32)
labels = (rows[:, 0] + rows[:, 3] * rows[:, 5] + random.normal(size=20_000) > 2.2).astype(int)

settings = {"objective": "binary", "num_leaves": 31, "num_threads": 1, "verbosity": -1, "seed": 7}
data = lightgbm.Dataset(rows, labels, feature_name=NAMES)
lightgbm.train(settings, data, num_boost_round=100).save_model(f"{folder}/lightgbm.txt")

forest = RandomForestClassifier(n_estimators=100, random_state=7, n_jobs=1).fit(rows, labels)
with open(f"{folder}/forest.pickle", "wb") as file:
    pickle.dump(forest, file)
with open(f"{folder}/forest.onnx", "wb") as file:
    file.write(to_onnx(forest, rows[:1], options={"zipmap": False}).SerializeToString())
