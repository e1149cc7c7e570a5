import { checkout, type Order, shown } from '../../../../checkout.ts';

/** A route handler of Next.js (App Router), and of whatever else speaks Request and Response. */
export async function POST(request: Request): Promise<Response> {
  const { orderId, amount, currency, cardId } = (await request.json()) as Order;
  const assay = { url: process.env.ASSAY_URL ?? 'http://127.0.0.1:3000', key: process.env.ASSAY_KEY };
  // Next.js tells no address itself: that of the first hop, as the platform in front sets it.
  const ip = request.headers.get('x-forwarded-for')?.split(',')[0].trim();
  const order = { orderId, amount, currency, cardId, userId: sessionOf(request), ip };
  const { status, body } = shown(await checkout(assay, capture, order));
  return Response.json(body, { status });
}

/** Yours: who is signed in. */
function sessionOf(request: Request): string {
  return request.headers.get('cookie') ?? 'guest';
}

/** Yours: the processor's capture, with the order's number as its idempotency key. */
async function capture(_order: Order): Promise<void> {}
