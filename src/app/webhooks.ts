import type pino from 'pino';
import { createWebhookSender } from '../adapters/http/webhook-sender.ts';
import { isLoopbackName } from '../api/auth.ts';
import type { Config } from '../config.ts';
import { newId } from '../domain/id.ts';
import { createWebhooks, type Webhooks, type WebhooksOptions } from '../projections/webhooks/webhooks.ts';

type Ports = Pick<WebhooksOptions, 'journal' | 'projector' | 'store' | 'hidden' | 'outcomeOf' | 'clock'> & {
  log: pino.Logger;
};

const HOUR_MS = 3_600_000;

export function openWebhooks(config: Config, ports: Ports): Webhooks {
  const { privateAddresses = isLoopbackName(config.host), timeoutMs, retryMs } = config.webhooks;
  return createWebhooks({
    ...ports,
    sender: createWebhookSender({ privateAddresses, timeoutMs }),
    // One that was killed and comes back takes up its webhooks at once; of a fleet another may have them by then.
    holder: config.fleet ? newId(ports.clock()) : 'alone',
    timeoutMs,
    retry: { firstMs: retryMs, longestMs: HOUR_MS, pauseAfterMs: 72 * HOUR_MS, random: Math.random },
  });
}
