#!/usr/bin/env bash
# Guess: in float32 JPMML's logit is 1 / (1 + e^-x), rounded
# Seen: its e is 2.7182817, so an exponential drifts with x: at a margin of -12 the probability is 6.144178e-6 where float32 has 6.144174e-6, six parts in ten million, ten steps of float32
# Where: FloatValue.exp of JPMML-Evaluator 1.7.7, for models with x-mathContext="float", as sklearn2pmml writes XGBoost
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
cat >pom.xml <<'XML'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion>
  <groupId>finding</groupId><artifactId>finding</artifactId><version>1</version>
  <dependencies><dependency><groupId>org.jpmml</groupId><artifactId>pmml-evaluator-metro</artifactId><version>1.7.7</version></dependency></dependencies>
</project>
XML
mvn -q -B dependency:copy-dependencies
cat >model.pmml <<'XML'
<PMML xmlns="http://www.dmg.org/PMML-4_4" version="4.4"><Header/>
<DataDictionary><DataField name="x" optype="continuous" dataType="float"/>
<DataField name="y" optype="categorical" dataType="string"><Value value="fraud"/><Value value="legit"/></DataField></DataDictionary>
<RegressionModel functionName="classification" normalizationMethod="logit" x-mathContext="float">
<MiningSchema><MiningField name="x"/><MiningField name="y" usageType="target"/></MiningSchema>
<Output><OutputField name="p" optype="continuous" dataType="float" feature="probability" value="fraud"/></Output>
<RegressionTable intercept="0" targetCategory="fraud"><NumericPredictor name="x" coefficient="1"/></RegressionTable>
<RegressionTable intercept="0" targetCategory="legit"/></RegressionModel></PMML>
XML
cat >Check.java <<'JAVA'
import java.io.File;
import java.util.Map;
import org.jpmml.evaluator.*;

public class Check {
  public static void main(String[] arguments) throws Exception {
    Evaluator evaluator = new LoadingModelEvaluatorBuilder().load(new File("model.pmml")).build();
    InputField field = evaluator.getInputFields().get(0);
    float margin = -12f;
    float found = (Float) EvaluatorUtil.decodeAll(evaluator.evaluate(Map.of("x", field.prepare(margin)))).get("p");
    float exact = 1f / (1f + (float) Math.exp(-margin));
    double off = Math.abs(found / (double) exact - 1);
    System.out.println("JPMML " + found + ", float32 " + exact + ", apart by " + off);
    if (!(off > 1e-7 && found == 1f / (1f + (float) Math.pow(2.7182817, -margin)))) System.exit(1);
  }
}
JAVA
java -cp 'target/dependency/*' Check.java
