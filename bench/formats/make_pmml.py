"""PMML files of sklearn2pmml, and a scorecard by hand, with rows for JPMML's evaluator (jpmml/) and for pmml.ts.

    python make_pmml.py <folder> [--small]

A case is NAME.pmml, NAME.csv (a blank is missing) and NAME.json. Half of the rows lie on thresholds or one step beside them.
"""
import argparse
import json
import pathlib
import re
import warnings

import lightgbm as lgb
import numpy as np
import pandas as pd
import xgboost as xgb
from sklearn.ensemble import ExtraTreesClassifier, GradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn2pmml import PMMLPipeline, sklearn2pmml

warnings.filterwarnings("ignore")
NAMES = list("abcde")

SCORECARD = """<?xml version="1.0"?>
<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>
<DataDictionary>{fields}<DataField name="score" optype="continuous" dataType="double"/></DataDictionary>
<TransformationDictionary><DerivedField name="ab" optype="continuous" dataType="double">
<Apply function="+"><FieldRef field="a"/><Apply function="if"><Apply function="isMissing"><FieldRef field="b"/></Apply>
<Constant dataType="double">0.5</Constant><FieldRef field="b"/></Apply></Apply></DerivedField></TransformationDictionary>
<Scorecard functionName="regression" initialScore="12.5" useReasonCodes="true" baselineScore="20">
<MiningSchema>{mining}<MiningField name="score" usageType="target"/></MiningSchema>
<Characteristics>
<Characteristic name="amounts" reasonCode="R1">
<Attribute partialScore="-3.25"><SimplePredicate field="a" operator="isMissing"/></Attribute>
<Attribute partialScore="10"><SimplePredicate field="a" operator="lessThan" value="-0.3"/></Attribute>
<Attribute partialScore="17.125"><CompoundPredicate booleanOperator="and"><SimplePredicate field="a" operator="greaterOrEqual" value="-0.3"/>
<SimplePredicate field="b" operator="lessOrEqual" value="0.7"/></CompoundPredicate></Attribute>
<Attribute reasonCode="R2"><True/><ComplexPartialScore><Apply function="*"><Constant dataType="double">3.5</Constant><FieldRef field="ab"/></Apply></ComplexPartialScore></Attribute>
</Characteristic>
<Characteristic name="place" reasonCode="R1">
<Attribute partialScore="4"><SimpleSetPredicate field="e" booleanOperator="isIn"><Array type="real" n="3">-0.5 0.1 1.2</Array></SimpleSetPredicate></Attribute>
<Attribute partialScore="-8.5"><CompoundPredicate booleanOperator="surrogate"><SimplePredicate field="c" operator="greaterThan" value="0"/>
<SimplePredicate field="d" operator="greaterThan" value="0"/></CompoundPredicate></Attribute>
<Attribute partialScore="1"><True/></Attribute>
</Characteristic>
</Characteristics></Scorecard></PMML>
"""


def made_up(rng, rows, missing):
    x = pd.DataFrame(rng.normal(size=(rows, len(NAMES))), columns=NAMES)
    x["b"] = np.exp(x.b)
    x["e"] = x.e.round(1)
    odds = x.a - x.b + x.c * x.d + 1
    if missing:
        x = x.mask(rng.random(x.shape) < 0.1)
    return x, odds + rng.logistic(size=rows) > 0.5


def hard_rows(rng, x, text):
    """On a threshold of the file, or one step beside it, in float64 or float32."""
    x = x.copy()
    found = {name: [] for name in NAMES}
    for field, value in re.findall(r'<SimplePredicate field="(?:double\(|float\()?(\w)\)?" operator="\w+" value="([^"]+)"', text):
        if field in found:
            found[field].append(float(value))
    for row in range(0, len(x), 2):
        for name, values in found.items():
            if values and rng.random() < 0.5:
                t = values[rng.integers(len(values))]
                up = np.inf if rng.random() < 0.5 else -np.inf
                x.loc[row, name] = [t, np.nextafter(t, up), float(np.nextafter(np.float32(t), np.float32(up)))][rng.integers(3)]
    return x


def models(small):
    n, depth = (3, 3) if small else (60, 6)
    return {
        "logistic": ([LogisticRegression()], False, "words"),
        "scaled": ([StandardScaler(), LogisticRegression()], False, "numbers"),
        "tree": ([DecisionTreeClassifier(max_depth=depth)], False, "words"),
        "forest": ([RandomForestClassifier(n, max_depth=depth, random_state=1)], False, "words"),
        "extra": ([ExtraTreesClassifier(n, max_depth=depth, random_state=1)], False, "numbers"),
        "boosting": ([GradientBoostingClassifier(n_estimators=n, max_depth=3, random_state=1)], False, "words"),
        "lightgbm": ([lgb.LGBMClassifier(n_estimators=n, num_leaves=4 if small else 31, verbose=-1, n_jobs=1)], True, "words"),
        "xgboost": ([xgb.XGBClassifier(n_estimators=n, max_depth=3 if small else 6, n_jobs=1)], True, "numbers"),
    }


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--small", action="store_true")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    rows = 40 if given.small else 10_000
    rng = np.random.default_rng(5)
    for name, (steps, missing, labels) in models(given.small).items():
        x, fraud = made_up(rng, 1500 if given.small else 8000, missing)
        y = np.where(fraud, "fraud", "legit") if labels == "words" else fraud.astype(int)
        pipeline = PMMLPipeline([(f"step{i}", step) for i, step in enumerate(steps)])
        pipeline.fit(x, pd.Series(y, name="y"))
        path = given.folder / f"{name}.pmml"
        sklearn2pmml(pipeline, str(path))
        test = hard_rows(rng, made_up(rng, rows, missing)[0], path.read_text())
        test.to_csv(given.folder / f"{name}.csv", index=False)
        classes = list(pipeline.classes_)
        library = pipeline.predict_proba(test)[:, classes.index("fraud" if labels == "words" else 1)]
        column = "probability(fraud)" if labels == "words" else "probability(1)"
        facts = dict(kind="probability", column=column, library=[float(p) for p in library])
        (given.folder / f"{name}.json").write_text(json.dumps(facts) + "\n")
    text = SCORECARD.format(fields="".join(f'<DataField name="{n}" optype="continuous" dataType="double"/>' for n in NAMES),
                            mining="".join(f'<MiningField name="{n}"/>' for n in NAMES))
    (given.folder / "scorecard.pmml").write_text(text)
    hard_rows(rng, made_up(rng, rows, True)[0], text).to_csv(given.folder / "scorecard.csv", index=False)
    (given.folder / "scorecard.json").write_text(json.dumps(dict(kind="score", column="score")) + "\n")


if __name__ == "__main__":
    main()
