import { tryOut } from './program.js';

console.log(JSON.stringify(await tryOut(JSON.parse(process.env.TRY_OUT))));
