import type { IncomingMessage, ServerResponse } from 'node:http';
import type { TypeBoxTypeProvider } from '@fastify/type-provider-typebox';
import type { FastifyBaseLogger, FastifyInstance, RawServerDefault } from 'fastify';
import type { ApiKey } from '../domain/key.ts';
import type { RouteScope } from './auth.ts';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may call: enforced by `guard`, shown in the OpenAPI document. A route without one fails the build. */
    scope?: RouteScope;
    /** 403 for a key that is missing or wrong, where an API came to be with that; else 401. */
    badKey?: 403;
    /** What it takes is all optional, the body too. */
    mayLackBody?: true;
    /** 422 for a body that would be JSON but for NaN or Infinity, where an API came to be with that; else 400. */
    bareNumbers?: 422;
    /** The body is a transaction, which the intake reads: numbers keep the digits that were sent. */
    takenIn?: true;
    /** How many values a body may hold whose schema leaves open what is in it. */
    values?: number;
  }
  interface FastifyInstance {
    /** Every route but the refusals of methods that a path lacks. */
    declaredRoutes: { method: string; url: string }[];
  }
  interface FastifyRequest {
    apiKey: ApiKey | undefined;
  }
}

export type Api = FastifyInstance<
  RawServerDefault,
  IncomingMessage,
  ServerResponse,
  FastifyBaseLogger,
  TypeBoxTypeProvider
>;
