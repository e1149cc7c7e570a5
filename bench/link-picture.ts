import type { Browser } from 'playwright-core';

/**
 * The picture of links under a pointer that moves over it: everything is drawn anew whenever it points at something else. The links are
 * made up here, as the server tells at most 300 entities: rings of users, cards and devices that bridges join.
 */
export async function linkPicture(
  browser: Browser,
  url: string,
  { nodes, seconds, viewport, watch }: { nodes: number; seconds: number; viewport: Size; watch: string },
) {
  const context = await browser.newContext({ viewport });
  const page = await context.newPage();
  await page.addInitScript(watch);
  await page.route('**/api/entities/device/*/links**', (route) => route.fulfill({ json: ringsOf(nodes) }));
  const cdp = await context.newCDPSession(page);
  await cdp.send('Performance.enable');
  const busyMs = async () => {
    const { metrics } = await cdp.send('Performance.getMetrics');
    return 1_000 * (metrics.find(({ name }) => name === 'TaskDuration')?.value ?? 0);
  };
  const opened = performance.now();
  await page.goto(`${url}/entities/device/device_tester`);
  const canvas = page.getByRole('img', { name: new RegExp(`^${nodes} entities`) });
  await canvas.waitFor();
  const shownMs = Math.round(performance.now() - opened);
  await canvas.scrollIntoViewIfNeeded();
  const { x, y, width, height } = (await canvas.boundingBox())!;
  const before = await page.evaluate<Frames>('({ frames: bench.frames, now: performance.now() })');
  const busyBefore = await busyMs();
  let moves = 0;
  for (const end = Date.now() + seconds * 1_000; Date.now() < end; moves++) {
    const angle = moves / 9;
    const reach = 0.1 + 0.38 * Math.abs(Math.sin(moves / 40));
    await page.mouse.move(x + width * (0.5 + reach * Math.cos(angle)), y + height * (0.5 + reach * Math.sin(angle)));
  }
  const busy = (await busyMs()) - busyBefore;
  const { frames, now } = await page.evaluate<Frames>('({ frames: bench.frames, now: performance.now() })');
  await context.close();
  const whole = frames.slice(Math.ceil(before.now / 1_000), Math.floor(now / 1_000)).map((count) => count ?? 0);
  const drawn = whole.reduce((sum, count) => sum + count, 0);
  return {
    nodes,
    shownMs,
    movesPerSecond: Math.round(moves / seconds),
    framesPerSecond: { mean: Math.round((10 * drawn) / whole.length) / 10, worstSecond: Math.min(...whole) },
    /** Of the page's thread, which the load of the machine does not change. */
    busyMsPerMove: Math.round((100 * busy) / moves) / 100,
  };
}

interface Size {
  width: number;
  height: number;
}

interface Frames {
  frames: (number | null)[];
  now: number;
}

const RING = 10;

/** As `GET /api/entities/:type/:id/links` answers. */
function ringsOf(count: number) {
  const nodes = Array.from({ length: count }, (_, i) => ({
    type: i % RING === 0 ? 'device' : i % 2 === 0 ? 'card' : 'user',
    id: i === 0 ? 'device_tester' : `node_${i}`,
    fraud: i % 13 === 0 ? 1 : 0,
    payments: 1 + (i % 7),
    steps: i === 0 ? 0 : 1 + Math.floor((4 * i) / count),
  }));
  const end = (i: number) => ({ type: nodes[i].type, id: nodes[i].id });
  const edge = (from: number, to: number) => ({ from: end(from), to: end(to), payments: 1 + (to % 3), fraud: 0 });
  const edges = nodes.slice(1).flatMap((_, index) => {
    const i = index + 1;
    const centre = i - (i % RING);
    // Within its ring to the device, and a bridge from each ring to one before it.
    if (i === centre) return [edge(Math.floor(centre / 2 / RING) * RING, centre)];
    return [edge(centre, i), ...(i % 3 === 0 && i > 1 ? [edge(i - 1, i)] : [])];
  });
  return { nodes, edges, hubs: [], truncated: false };
}
