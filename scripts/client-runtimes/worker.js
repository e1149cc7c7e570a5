import { tryOut } from './program.js';

export default {
  async fetch(_request, env) {
    return Response.json(await tryOut(JSON.parse(env.TRY_OUT)));
  },
};
