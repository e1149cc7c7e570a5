/** An Express server before a scoring service: `node hop.ts URL`. What comes is checked for being JSON and handed on. */
import { Agent, request as ask } from 'node:http';
import express from 'express';

const target = new URL(process.argv[2]);
const agent = new Agent({ keepAlive: true });
const app = express();
app.use(express.json());
app.post('/score', (request, response) => {
  const body = JSON.stringify(request.body);
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  ask(target, { method: 'POST', agent, headers }, (answer) => {
    response.status(answer.statusCode ?? 502).type('json');
    answer.pipe(response);
  })
    .on('error', (error) => response.status(502).json({ error: error.message }))
    .end(body);
});
const server = app.listen(0, '127.0.0.1', () => {
  const address = server.address();
  if (typeof address === 'object' && address) console.log(`at http://127.0.0.1:${address.port}`);
});
