import java.io.File;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jpmml.evaluator.Evaluator;
import org.jpmml.evaluator.EvaluatorUtil;
import org.jpmml.evaluator.InputField;
import org.jpmml.evaluator.LoadingModelEvaluatorBuilder;

/** What JPMML says of rows: Evaluate model.pmml rows.csv out.csv; a column for each output, a blank is missing. */
public class Evaluate {
  public static void main(String[] arguments) throws Exception {
    Evaluator evaluator = new LoadingModelEvaluatorBuilder().load(new File(arguments[0])).build();
    evaluator.verify();
    List<String> lines = Files.readAllLines(Path.of(arguments[1]));
    List<String> names = List.of(lines.get(0).split(",", -1));
    List<Map<String, ?>> results = new ArrayList<>();
    for (String line : lines.subList(1, lines.size())) {
      String[] cells = line.split(",", -1);
      Map<String, Object> given = new LinkedHashMap<>();
      for (InputField field : evaluator.getInputFields()) {
        int at = names.indexOf(field.getName());
        String cell = at < 0 ? "" : cells[at];
        given.put(field.getName(), field.prepare(cell.isEmpty() ? null : cell));
      }
      results.add(EvaluatorUtil.decodeAll(evaluator.evaluate(given)));
    }
    List<String> columns = new ArrayList<>(results.get(0).keySet());
    try (PrintWriter out = new PrintWriter(arguments[2], "UTF-8")) {
      out.println(String.join(",", columns.stream().map(String::valueOf).toArray(String[]::new)));
      for (Map<String, ?> result : results) {
        List<String> cells = new ArrayList<>();
        for (String column : columns) cells.add(result.get(column) == null ? "" : String.valueOf(result.get(column)));
        out.println(String.join(",", cells));
      }
    }
  }
}
