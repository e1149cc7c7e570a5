import { FIELD_NAMES } from '../domain/fields.ts';
import { TransactionShown } from './contract/transactions.ts';
import type { CsvOptions } from './page.ts';
import { read } from './read.ts';
import type { Services } from './services.ts';

/** What a person looks for first, then the transaction's own fields, then what else the contract names; the model by name and version. */
const { model: _, ...others } = TransactionShown.properties;
const FIRST = [
  ...['id', 'createdAt', 'status', 'decision', 'score', 'probability', 'userId', 'amount', 'currency', 'amountBase'],
  ...['baseRate', 'caseId', 'modelName', 'modelVersion', 'policyVersion', 'decidedBy', 'labelState', 'finalizedAt'],
  'latencyMs',
];
const COLUMNS = [...new Set([...FIRST, ...FIELD_NAMES, ...Object.keys(others)])];

/** Transactions as CSV: with the base amount, the case that their alert joined, and the model that decided. */
export function transactionCsv(services: Services): CsvOptions {
  const { store } = services;
  return {
    columns: COLUMNS,
    async rows(rows) {
      const cases = await Promise.all(
        rows.map(({ id, decision }) =>
          decision === 'review' || decision === 'decline'
            ? read(services, () => store.cases.ofTransaction(String(id)))
            : undefined,
        ),
      );
      return rows.map(({ model, ...row }, i) => {
        const { name: modelName, version: modelVersion } = (model ?? {}) as { name?: string; version?: string };
        return { ...row, caseId: cases[i]?.caseId, modelName, modelVersion };
      });
    },
  };
}
