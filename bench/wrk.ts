/** Load by wrk, which takes a thirtieth of the processor time that a generator in JavaScript does. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

export interface Loaded {
  answers: number;
  perSecond: number;
  p50Ms: number;
  p99Ms: number;
}

/** Posts the lines of a file, one after the other and again from the first. */
const POST_LINES = `
local lines, at = {}, 0
for line in io.lines(os.getenv("BODIES")) do lines[#lines + 1] = line end
wrk.method = "POST"
wrk.headers["content-type"] = "application/json"
function request()
  at = at % #lines + 1
  return wrk.format(nil, nil, nil, lines[at])
end
function done(summary, latency)
  local failed = summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.timeout
  print(string.format('FIGURES {"answers":%d,"failed":%d,"us":%d,"p50":%d,"p99":%d}',
    summary.requests, failed, summary.duration, latency:percentile(50), latency:percentile(99)))
end`;

/** Connections that wait for their answers, for so many seconds. Throws where anything but successes came back. `folder`: for its files. */
export async function wrk(
  url: string,
  bodies: Iterable<string>,
  options: { folder: string; connections: number; seconds: number },
): Promise<Loaded> {
  const { folder, connections, seconds } = options;
  const [script, lines] = [join(folder, 'post-lines.lua'), join(folder, 'bodies.txt')];
  writeFileSync(script, POST_LINES);
  writeFileSync(lines, [...bodies].join('\n'));
  const words = ['-t1', `-c${connections}`, `-d${seconds}s`, '--timeout', '30s', '-s', script, url];
  const child = spawn('wrk', words, { env: { ...process.env, BODIES: lines }, stdio: ['ignore', 'pipe', 'inherit'] });
  let text = '';
  child.stdout.on('data', (chunk) => {
    text += chunk;
  });
  await new Promise((resolve, reject) => {
    child.once('error', (error) => reject(new Error(`wrk is needed for this bench: ${error.message}`)));
    child.once('close', resolve);
  });
  const figures = /^FIGURES (.*)$/m.exec(text)?.[1];
  if (figures === undefined) throw new Error(`wrk told no figures: ${text}`);
  const { answers, failed, us, p50, p99 } = JSON.parse(figures);
  if (failed > 0) throw new Error(`${failed} of ${answers} requests to ${url} failed`);
  return { answers, perSecond: answers / (us / 1e6), p50Ms: p50 / 1000, p99Ms: p99 / 1000 };
}
