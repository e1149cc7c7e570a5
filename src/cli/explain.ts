import { Command } from 'commander';

interface Flags {
  model: boolean;
  dataDir?: string;
  json?: boolean;
  person?: boolean;
}

/** `assay explain`: through the running server where one holds the data directory, else straight from the journal. */
export function explainCommand(): Command {
  return new Command('explain')
    .description('a decision in words, with its reasons and what to check next; or a case, by its id')
    .argument('<id>', 'of a transaction or, from a running server, of a case (case_12)')
    .option('--no-model', 'does not ask the language model that is configured')
    .option('--person', 'a draft of a letter to whom it concerns (GDPR, Articles 15 and 22); from a running server')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .option('--json', 'print JSON')
    .action(async (id: string, { model, dataDir, json, person }: Flags) => {
      const { explained, letterFor } = await import('./explain-access.ts');
      if (person) {
        const letter = await letterFor(id, dataDir);
        console.log(json ? JSON.stringify({ letter }) : letter);
        return;
      }
      const told = await explained(id, { ask: model, dataDir });
      console.log(json ? JSON.stringify(told) : words(told));
    });
}

type Explained = Awaited<ReturnType<typeof import('./explain-access.ts')['explained']>>;

const REASONS_SHOWN = 10;

function words({ narrative, reasons }: Explained): string {
  const { summary, checks, confidence, source, model, failure } = narrative;
  const lines = [summary, ''];
  const shown = (reasons ?? []).filter(({ contribution }) => contribution !== 0).slice(0, REASONS_SHOWN);
  for (const { contribution, message, code } of shown)
    lines.push(`${signed(contribution).padStart(7)}  ${message}  [${code}]`);
  if (shown.length > 0) lines.push('');
  if (checks.length > 0) lines.push('To check next:', ...checks.map(({ text }) => `  ${text}`), '');
  lines.push(
    `Confidence: ${confidence}. ${source === 'model' ? `Written by ${model}, checked against the reasons.` : 'From the reasons alone.'}`,
  );
  if (failure) lines.push(`The language model: ${failure.text}.`);
  return lines.join('\n');
}

function signed(contribution: number): string {
  return `${contribution < 0 ? '−' : '+'}${Math.abs(contribution).toFixed(2)}`;
}
