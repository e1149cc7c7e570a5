import express, { type Express } from 'express';
import type { AssaySettings } from '../assay.ts';
import { type Charge, checkout, type Order, shown } from './checkout.ts';

/** `POST /checkout`. `userOf` is the shop's session. */
export function shop(assay: AssaySettings, charge: Charge, userOf: (cookie: string | undefined) => string): Express {
  const app = express();
  app.use(express.json());
  app.post('/checkout', async (request, response) => {
    const { orderId, amount, currency, cardId } = request.body as Order;
    const order = { orderId, amount, currency, cardId, userId: userOf(request.headers.cookie), ip: request.ip };
    const { status, body } = shown(await checkout(assay, charge, order));
    response.status(status).json(body);
  });
  return app;
}
