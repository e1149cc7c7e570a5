"""A scoring service as it is often built: FastAPI, a model in memory, no state, nothing durable. RIVAL_MODEL and RIVAL_FOLDER say which."""

import os
import pickle

os.environ["OMP_NUM_THREADS"] = "1"
import lightgbm
import numpy
from fastapi import FastAPI
from pydantic import create_model

NAMES = [f"V{i}" for i in range(1, 29)] + ["Amount"]
Card = create_model("Card", **{name: (float, ...) for name in NAMES})
folder = os.environ["RIVAL_FOLDER"]

if os.environ["RIVAL_MODEL"] == "lightgbm":
    booster = lightgbm.Booster(model_file=f"{folder}/lightgbm.txt")

    def probability_of(row):
        return float(booster.predict(row, num_threads=1)[0])

else:
    with open(f"{folder}/forest.pickle", "rb") as file:
        forest = pickle.load(file)

    def probability_of(row):
        return float(forest.predict_proba(row)[0, 1])


app = FastAPI()


# In the loop: a thread for each request would cost more than the score of a small model.
@app.post("/score")
async def score(card: Card):
    row = numpy.array([[getattr(card, name) for name in NAMES]], dtype=numpy.float32)
    probability = probability_of(row)
    return {"fraud_probability": probability, "is_fraud": probability >= 0.5}
