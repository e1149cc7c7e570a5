import { createHmac, randomBytes } from 'node:crypto';
import type { Post } from './sender.ts';
import type { WebhookTarget } from './store.ts';

const PREFIX = 'whsec_';

export function newSecret(random: (size: number) => Buffer = randomBytes): string {
  return PREFIX + random(32).toString('base64');
}

/** An event as it is sent, signed by the Standard Webhooks scheme (standardwebhooks.com); `at` in milliseconds. */
export function signed({ url, secret }: WebhookTarget, id: string, event: object, at: number): Post {
  const body = JSON.stringify(event);
  const timestamp = String(Math.floor(at / 1000));
  const key = Buffer.from(secret.slice(PREFIX.length), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  const headers = {
    'content-type': 'application/json',
    'user-agent': 'Assay',
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': `v1,${signature}`,
  };
  return { url, headers, body };
}
