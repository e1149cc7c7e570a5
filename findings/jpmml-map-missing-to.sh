#!/usr/bin/env bash
# Guess: mapMissingTo of a FieldRef is a value of the field's type
# Seen: it is a text: adding it to a double throws EvaluationException ("No PMML data type for the intersection of PMML data types string and double"), but only in rows where the value is missing
# Where: JPMML-Evaluator 1.7.7; PMML 4.4 writes FieldRef mapMissingTo="0.5"
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
<DataDictionary><DataField name="x" optype="continuous" dataType="double"/><DataField name="y" optype="continuous" dataType="double"/></DataDictionary>
<TransformationDictionary><DerivedField name="z" optype="continuous" dataType="double">
<Apply function="+"><FieldRef field="x" mapMissingTo="0.5"/><Constant dataType="double">1</Constant></Apply></DerivedField></TransformationDictionary>
<RegressionModel functionName="regression"><MiningSchema><MiningField name="x"/><MiningField name="y" usageType="target"/></MiningSchema>
<RegressionTable intercept="0"><NumericPredictor name="z" coefficient="1"/></RegressionTable></RegressionModel></PMML>
XML
cat >Check.java <<'JAVA'
import java.io.File;
import java.util.HashMap;
import java.util.Map;
import org.jpmml.evaluator.*;

public class Check {
  static Evaluator evaluator;

  static Object of(Double x) {
    Map<String, Object> row = new HashMap<>();
    row.put("x", evaluator.getInputFields().get(0).prepare(x));
    return EvaluatorUtil.decodeAll(evaluator.evaluate(row)).get("y");
  }

  public static void main(String[] arguments) throws Exception {
    evaluator = new LoadingModelEvaluatorBuilder().load(new File("model.pmml")).build();
    System.out.println("x = 2: " + of(2.0));
    try {
      System.out.println("x missing: " + of(null));
    } catch (EvaluationException error) {
      System.out.println("x missing: " + error.getMessage());
      if (error.getMessage().contains("string and double")) return;
    }
    System.exit(1);
  }
}
JAVA
java -cp 'target/dependency/*' Check.java
