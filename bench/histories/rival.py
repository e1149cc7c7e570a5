"""LightGBM on features that know the histories of fraud of each entity, tuned by trials. Called by histories.ts; prints JSON."""

import json
import sys

import lightgbm
import numpy as np
import pandas
from sklearn.metrics import average_precision_score

FILE, TRAIN_TO, TEST_FROM, DELAY_DAYS, TRIALS, KIND, OUT = sys.argv[1:8]
DAY = 86_400.0
DELAY = float(DELAY_DAYS) * DAY
THREADS = 1

# What a file of each kind calls its time and truth, what its categories are, and whose histories are known.
KINDS = {
    "payments": ("transactionDate", "isFraud", ["productCategory"], ["cardId", "ip", "deviceId", "merchantId"]),
    "accounts": ("EVENT_TIMESTAMP", "EVENT_LABEL", ["billing_state", "domain"], ["ip_address", "user_agent", "billing_postal", "domain"]),
    "cards": ("trans_date_trans_time", "is_fraud", ["category", "gender"], ["cc_num", "merchant"]),
}
WHEN, TRUTH, CATEGORIES, ENTITIES = KINDS[KIND]
rows = pandas.read_csv(FILE)
if KIND == "accounts":
    rows["domain"] = rows.email_address.str.split("@").str[1]
rows["amount"] = rows.amount if "amount" in rows else rows.amt if "amt" in rows else 0.0
rows = rows.assign(when=pandas.to_datetime(rows[WHEN])).sort_values("when", kind="stable").reset_index(drop=True)
time = rows.when.astype("int64").to_numpy()
time = time / (1e9 if time.max() > 1e17 else 1e6 if time.max() > 1e14 else 1e3)
label = rows[TRUTH].isin([1, "fraud"]).to_numpy().astype(int)
columns = {"amount": rows.amount.to_numpy(), "hour": time % DAY / 3600}
columns.update({name: rows[name].astype("category").cat.codes.to_numpy() for name in CATEGORIES})
prior = label[time < float(TRAIN_TO) / 1000].mean()
for entity in ENTITIES:
    known = {name: np.full(len(rows), np.nan) for name in ["events", "frauds", "share", "since_fraud", "since_last", "day", "week", "month", "to_mean", "frauds_30d", "known_days"]}
    for at in rows.groupby(entity).indices.values():
        t, bad, amount = time[at], label[at], rows.amount.to_numpy()[at]
        fraud_times = t[bad == 1]
        told = np.searchsorted(fraud_times + DELAY, t, side="right")
        order = np.arange(len(at))
        known["events"][at] = order
        known["frauds"][at] = told
        known["share"][at] = (told + 20 * prior) / (order + 20)
        last = np.where(told > 0, fraud_times[np.maximum(told - 1, 0)] if len(fraud_times) else 0, np.nan)
        known["since_fraud"][at] = t - last
        known["since_last"][at] = np.diff(t, prepend=np.nan)
        for name, days in [("day", 1), ("week", 7), ("month", 30)]:
            known[name][at] = order - np.searchsorted(t, t - days * DAY, side="right")
        known["frauds_30d"][at] = told - np.searchsorted(fraud_times, t - 30 * DAY, side="right").clip(max=told)
        means = np.concatenate([[np.nan], np.cumsum(amount)[:-1] / np.arange(1, len(at))])
        known["to_mean"][at] = amount / means
        known["known_days"][at] = (t - t[0]) / DAY
    columns.update({f"{entity}_{name}": values for name, values in known.items()})
x = pandas.DataFrame(columns)
train = np.flatnonzero(time < float(TRAIN_TO) / 1000)
test = np.flatnonzero(time >= float(TEST_FROM) / 1000)
cut = train[int(0.75 * len(train))]
fit, valid = train[train < cut], train[train >= cut]

random = np.random.default_rng(1)
best = None
for trial in range(int(TRIALS)):
    options = dict(
        objective="binary", verbose=-1, num_threads=THREADS, seed=1, deterministic=True,
        learning_rate=float(10 ** random.uniform(-2.2, -0.8)), num_leaves=int(random.integers(4, 64)),
        min_data_in_leaf=int(random.integers(5, 200)), feature_fraction=float(random.uniform(0.3, 1)),
        bagging_fraction=float(random.uniform(0.5, 1)), bagging_freq=1, lambda_l2=float(10 ** random.uniform(-2, 2)),
    )
    model = lightgbm.train(
        options, lightgbm.Dataset(x.iloc[fit], label[fit]), 600, [lightgbm.Dataset(x.iloc[valid], label[valid])],
        callbacks=[lightgbm.early_stopping(40, verbose=False)],
    )
    merit = average_precision_score(label[valid], model.predict(x.iloc[valid]))
    if best is None or merit > best[0]:
        best = (merit, options, model.best_iteration, model.predict(x.iloc[test]))
merit, options, rounds, once = best
again = lightgbm.train(options, lightgbm.Dataset(x.iloc[train], label[train]), rounds)
again.predict(x.iloc[test]).astype(np.float64).tofile(OUT)
print(json.dumps({"validation": merit, "rounds": rounds, "options": options, "testRows": len(test), "once": average_precision_score(label[test], once)}))
