import { createHmac, timingSafeEqual } from 'node:crypto';
import { type AssaySettings, ask } from '../assay.ts';

export interface ShopifySettings {
  assay: AssaySettings;
  /** The client secret of the app, or that shown beside the webhooks. */
  secret: string;
  /** What the shop does with an order that is not approved: hold its fulfilment, or cancel it. */
  act: (order: { id: string; decision: 'review' | 'decline'; why: string }) => Promise<void>;
}

/** Of `orders/create`, what is used here. */
interface Order extends Numbered {
  name: string;
  created_at: string;
  processed_at?: string;
  total_price: string;
  currency: string;
  email?: string | null;
  browser_ip?: string | null;
  test?: boolean;
  customer?: (Numbered & { created_at?: string }) | null;
  billing_address?: Place | null;
  shipping_address?: Place | null;
  line_items?: { product_type?: string | null; quantity: number }[];
  source_name?: string;
}

/** Numbers of Shopify's may be larger than JSON.parse keeps exactly; the last part of the global id is the same as text. */
interface Numbered {
  id: number;
  admin_graphql_api_id?: string;
}
const numberOf = ({ id, admin_graphql_api_id: gid }: Numbered) => gid?.split('/').at(-1) ?? String(id);

interface Place {
  city?: string | null;
  country_code?: string | null;
  latitude?: number | null;
  longitude?: number | null;
}

/** `orders/create` as a payment that is decided. Shopify repeats what is not answered within 5 s; the order's number makes that harmless. */
export async function shopifyWebhook(request: Request, { assay, secret, act }: ShopifySettings): Promise<Response> {
  const raw = Buffer.from(await request.arrayBuffer());
  if (!isSigned(raw, request.headers.get('x-shopify-hmac-sha256') ?? '', secret))
    return new Response('The signature does not fit.', { status: 401 });
  if (request.headers.get('x-shopify-topic') !== 'orders/create') return new Response('Not of interest.');
  const order = JSON.parse(raw.toString()) as Order;
  const { status, body } = await ask(assay, 'POST', '/api/transactions', paymentOf(order));
  if (status !== 201) return new Response(body?.detail ?? 'Not decided.', { status: status >= 500 ? 503 : 422 });
  if (body.decision !== 'approve')
    await act({ id: numberOf(order), decision: body.decision, why: body.fraudExplanation });
  return new Response(body.decision);
}

/** Of the body's very bytes, HMAC-SHA256, base64. */
function isSigned(raw: Buffer, given: string, secret: string): boolean {
  const wanted = createHmac('sha256', secret).update(raw).digest();
  const bytes = Buffer.from(given, 'base64');
  return bytes.length === wanted.length && timingSafeEqual(bytes, wanted);
}

export function paymentOf(order: Order): Record<string, unknown> {
  const { customer, billing_address: billing, line_items: lines = [] } = order;
  const since = customer?.created_at;
  const when = Date.parse(order.processed_at ?? order.created_at);
  const fields = {
    id: `shopify_${numberOf(order)}`,
    // Whoever buys without an account is known by the address.
    userId: customer ? `shopify_${numberOf(customer)}` : (order.email ?? `guest_${numberOf(order)}`),
    amount: Number(order.total_price),
    currency: order.currency,
    transactionDate: new Date(when).toISOString(),
    email: order.email,
    ip: order.browser_ip,
    country: billing?.country_code,
    customerLocation: billing?.city,
    latitude: billing?.latitude,
    longitude: billing?.longitude,
    productCategory: lines.find(({ product_type }) => product_type)?.product_type,
    accountAgeDays: since ? Math.max(0, Math.floor((when - Date.parse(since)) / 86_400_000)) : undefined,
    channel: order.source_name === 'web' ? 'web' : order.source_name,
    metadata: {
      order: order.name,
      items: lines.reduce((sum, { quantity }) => sum + quantity, 0),
      shipsElsewhere: (order.shipping_address?.country_code ?? billing?.country_code) !== billing?.country_code,
    },
  };
  // Nothing is not a value.
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined && value !== null && value !== ''),
  );
}
