/** How old a delivery may be: older, it may be one that was overheard and is sent again. */
const TOLERANCE_SECONDS = 300;

export interface Delivery {
  /** The body as it came, before anything parsed it. */
  body: string;
  /** `webhook-id`, `webhook-timestamp` and `webhook-signature`, as Fetch or Node hold headers. */
  headers: Headers | Readonly<Record<string, string | string[] | undefined>>;
  /** `whsec_…`, as the webhook was made. */
  secret: string;
  now?: number;
}

/** The event of a delivery that Assay signed. Rejects with an Error that says why it did not. */
export async function verifyWebhook<T = unknown>({ body, headers, secret, now = Date.now() }: Delivery): Promise<T> {
  const header = (name: string) => {
    const value = headers instanceof Headers ? headers.get(name) : headers[name];
    if (typeof value !== 'string') throw new Error(`The delivery has no ${name}.`);
    return value;
  };
  const [id, timestamp, signatures] = ['webhook-id', 'webhook-timestamp', 'webhook-signature'].map(header);
  if (!(Math.abs(now / 1_000 - Number(timestamp)) <= TOLERANCE_SECONDS))
    throw new Error('The delivery is too old, or its time lies ahead.');
  const encoder = new TextEncoder();
  const key = await crypto.subtle.importKey('raw', bytesOf(secret.replace(/^whsec_/, '')), HMAC, false, ['verify']);
  const signed = encoder.encode(`${id}.${timestamp}.${body}`);
  // While a secret is changed, a delivery carries two.
  for (const one of signatures.split(' ').filter((text) => text.startsWith('v1,')))
    if (await crypto.subtle.verify('HMAC', key, bytesOf(one.slice(3)), signed)) return JSON.parse(body) as T;
  throw new Error('The signature does not fit: the secret is another one, or the body was changed.');
}

const HMAC = { name: 'HMAC', hash: 'SHA-256' };

const bytesOf = (base64: string) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
