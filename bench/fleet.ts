/**
 * `npm run bench:fleet [-- --count 100000 --seconds 200 --faults all|none]`: two servers and two workers over real Kafka, Redis and
 * PostgreSQL under traffic half by HTTP and half by Kafka, while their parts fail one after another. Ends with what each fault
 * cost; throws where anything that was acknowledged is lost, doubled or told otherwise.
 */
import { parseArgs } from 'node:util';
import { startFleet } from '../test/support/fleet.ts';
import { ALL_FAULTS, fleetRun } from '../test/support/fleet-run.ts';

const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '100000' },
    seconds: { type: 'string', default: '240' },
    faults: { type: 'string', default: 'all' },
  },
});
const faults = values.faults === 'none' ? (['none'] as const) : ALL_FAULTS;
const fleet = await startFleet({ servers: 2, workers: 2 });
const report = await fleetRun(fleet, {
  count: Number(values.count),
  phaseSeconds: Number(values.seconds) / faults.length,
  faults,
  say: (line) => console.log(line),
}).finally(() => fleet.stop());
const { count, perSecond, settledSeconds, voids, profiles } = report;
console.log(
  `\n${count} transactions, ${perSecond.toFixed(0)} a second acknowledged; all counted ${settledSeconds.toFixed(1)} s after the last; ` +
    `${voids} void records; ${profiles} profiles equal\n`,
);
console.log(
  '| fault | it took, s | failed attempts | until the last, s | slowest by Kafka, s | HTTP p99, ms | degraded |',
);
console.log('|---|---|---|---|---|---|---|');
for (const each of report.faults) {
  const failed = `${(100 * each.errorRate).toFixed(2)}%${each.failures ? ` (${each.failures})` : ''}`;
  const cells = [
    each.faultSeconds.toFixed(1),
    failed,
    each.errorSeconds.toFixed(1),
    each.slowestKafkaSeconds.toFixed(1),
  ];
  console.log(`| ${[each.fault, ...cells, each.p99HttpMs, `${(100 * each.degraded).toFixed(1)}%`].join(' | ')} |`);
}
process.exit(0);
