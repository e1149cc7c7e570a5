import { event, type LogEntry, labelled, logOf, type Step, T0 } from './profile-events.ts';

/** Payments of many users at one merchant, a second apart, some late, some labelled, of some what became of them: a function of the seed. */
export function hotMerchant(count: number, seed = 1): LogEntry[] {
  let state = seed >>> 0;
  const int = (below: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 0x100000000) * below);
  };
  const steps: Step[] = [];
  for (let i = 0; i < count; i++) {
    const late = int(30) === 0 ? int(3_600_000) : 0;
    const entities = [1 + int(60), 1 + int(90), 1 + int(40), int(20), 5, 1 + int(5)];
    steps.push({ event: event(i + 1, T0 + i * 1000 - late, entities, { amount: int(1_000_000) / 100 }) });
    if (int(10) === 0) steps.push(labelled(steps[int(steps.length)].event, int(2) ? 1 : 2));
    if (int(5) === 0) steps.push({ event: steps[int(steps.length)].event, told: int(5) });
  }
  return logOf(steps);
}
