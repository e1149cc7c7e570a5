import { AssayError } from '../../domain/errors.ts';
import { summary } from '../../intake/faults.ts';
import { unfit, unfitId } from '../../intake/text.ts';
import type { Api } from '../api.ts';
import { sendCommand } from '../command.ts';
import { json, list, problems } from '../contract/common.ts';
import { CustomerShown, UserBody, UserChange, UserCreated, UserQuery, UserShown } from '../contract/operations.ts';
import { IdParam } from '../contract/transactions.ts';
import { nextId } from '../ids.ts';
import { type PageRequest, sendList } from '../page.ts';
import { read } from '../read.ts';
import { allowed } from '../routing.ts';
import type { Services } from '../services.ts';

const tags = ['users'];
const CUSTOMER_COLUMNS = 'id name email payments more firstAt lastAt amountBase stopped fraud'.split(' ');
const EMAIL = /^[^\s@]+@[^\s@]+$/;

export function userRoutes(app: Api, services: Services): void {
  const { store, clock } = services;

  app.post(
    '/api/users',
    {
      config: { scope: 'ingest' },
      schema: {
        operationId: 'createUser',
        tags,
        summary: 'Create a user; an e-mail that exists answers with its user',
        body: UserBody,
        response: {
          200: json('The e-mail exists; its user', UserCreated),
          201: json('Created', UserCreated),
          ...problems(400, 401, 403, 409, 413, 415, 422, 429, 503),
        },
      },
    },
    async (request, reply) => {
      const { id, name, email } = request.body;
      check({ id, name, email });
      const data = { userId: id ?? `usr_${nextId(clock()).replaceAll('-', '')}` };
      const personal = { name, email };
      return sendCommand(services, request, reply, { type: 'user.create', data, personal, asked: { id, name, email } });
    },
  );

  app.get(
    '/api/users',
    {
      config: { scope: 'read' },
      exposeHeadRoute: false,
      schema: {
        operationId: 'listUsers',
        tags,
        summary: 'List or search users, newest first',
        querystring: UserQuery,
        response: { 200: list('One page', UserShown), ...problems(401, 403, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { q } = request.query;
      return sendList(request, reply, request.query, (page) =>
        read(services, () => store.users.list(q ? { q } : {}, page)),
      );
    },
  );
  app.head('/api/users', { config: { scope: 'read' }, schema: { hide: true } }, async (_request, reply) =>
    reply
      .header('allow', allowed(['GET', 'HEAD', 'POST']))
      .type('application/json; charset=utf-8')
      .send(),
  );

  app.get(
    '/api/customers',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'listCustomers',
        tags,
        summary: 'Everyone who ever paid; `q` begins an id',
        querystring: UserQuery,
        response: { 200: list('One page', CustomerShown), ...problems(401, 403, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { q } = request.query;
      const readPage = (page: PageRequest) => read(services, () => store.customers(q ? { q } : {}, page));
      return sendList(request, reply, request.query, readPage, { columns: CUSTOMER_COLUMNS });
    },
  );

  app.get(
    '/api/users/:id',
    {
      config: { scope: 'read' },
      schema: {
        operationId: 'getUser',
        tags,
        summary: 'Read a user',
        params: IdParam,
        response: { 200: json('The user', UserShown), ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request) => {
      const { id } = request.params;
      const user = await read(services, () => store.users.get(id));
      if (!user) throw new AssayError('not_found', `There is no user ${id}.`);
      return user;
    },
  );

  app.put(
    '/api/users/:id',
    {
      config: { scope: 'review' },
      schema: {
        operationId: 'updateUser',
        tags,
        summary: 'Change a user’s name or e-mail',
        params: IdParam,
        body: UserChange,
        response: { 200: json('The user', UserShown), ...problems(400, 401, 403, 404, 409, 413, 415, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const { name, email } = request.body;
      check({ name, email });
      if (name === undefined && email === undefined)
        throw new AssayError('invalid_request', 'Send a name, an email, or both.', {
          errors: [{ path: '', message: 'must hold name or email' }],
        });
      const personal = { ...(name === undefined ? {} : { name }), ...(email === undefined ? {} : { email }) };
      const data = { userId: request.params.id };
      return sendCommand(services, request, reply, {
        type: 'user.update',
        data,
        personal,
        asked: { ...data, ...personal },
      });
    },
  );

  app.delete(
    '/api/users/:id',
    {
      config: { scope: 'review' },
      schema: {
        operationId: 'deleteUser',
        tags,
        summary: 'Delete a user',
        params: IdParam,
        response: { 204: { description: 'Deleted' }, ...problems(401, 403, 404, 422, 429, 503) },
      },
    },
    async (request, reply) => {
      const data = { userId: request.params.id };
      return sendCommand(services, request, reply, { type: 'user.delete', data, asked: data });
    },
  );
}

function check({ id, name, email }: { id?: string; name?: string; email?: string }): void {
  const errors = [
    { path: '/id', message: id === undefined ? undefined : id.trim() === '' ? 'must not be empty' : unfitId(id) },
    { path: '/name', message: name === undefined ? undefined : unfit(name) },
    {
      path: '/email',
      message: email === undefined ? undefined : EMAIL.test(email) ? unfitId(email) : 'must be an e-mail address',
    },
  ].flatMap(({ path, message }) => (message === undefined ? [] : [{ path, message }]));
  if (errors.length > 0) throw new AssayError('invalid_request', summary(errors), { errors });
}
