/** Takes from one caller's limit as often as it is told to, and says how often it was allowed. */
import { setTimeout as sleep } from 'node:timers/promises';
import { openRedisRateLimiter } from '../../src/adapters/redis/rate-limit.ts';

const { times, ...options } = JSON.parse(process.env.OPTIONS!);
const limiter = openRedisRateLimiter(options);
// Told by nobody: until the connection stands the limit is this process's own.
while ((await limiter.take('warm', 0, 0)).remaining === options.max) await sleep(10);
process.stdout.write('ready\n');
await new Promise((resolve) => process.stdin.once('data', resolve));
let allowed = 0;
for (let i = 0; i < times; i++) if ((await limiter.take('one', 1, Date.now())).allowed) allowed++;
process.stdout.write(`${allowed}\n`);
await limiter.close();
process.stdin.destroy();
