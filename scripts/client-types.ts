import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { startApp } from '../test/support/app.ts';
import { clientTypes, type OpenApi } from '../test/support/client-types.ts';

/** Writes the types of packages/client from the OpenAPI document that the server gives. */
const app = await startApp();
try {
  const document = (await (await fetch(`${app.url}/openapi.json`)).json()) as OpenApi;
  writeFileSync(
    join(import.meta.dirname, '..', 'packages', 'client', 'src', 'api.generated.ts'),
    clientTypes(document),
  );
} finally {
  await app.stop();
}
