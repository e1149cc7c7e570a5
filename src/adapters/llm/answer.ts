/** Characters of an answer that are read at most; a text of ours takes a thousand. */
export const MAX_ANSWER_CHARS = 16_384;
/** The JSON object of an answer, without what some models put around it. What cannot be read is handed on as it is. */
export function parseAnswer(text: string): unknown {
  const said = text.slice(text.lastIndexOf('</think>') + 1);
  const [start, end] = [said.indexOf('{'), said.lastIndexOf('}')];
  try {
    return JSON.parse(said.slice(start, end + 1));
  } catch {
    return text.slice(0, MAX_ANSWER_CHARS);
  }
}
