import { readConfig } from '../config.ts';
import { callerApi } from '../mcp/api.ts';
import { serveMcpOverHttp } from '../mcp/http.ts';
import { mcpServer } from '../mcp/server.ts';
import { readControl } from './control.ts';
import { codeVersion, defaultModelDir } from './paths.ts';
import { baseOf } from './post.ts';

export interface McpFlags {
  url?: string;
  key?: string;
  http?: boolean;
  host: string;
  port: string;
  dataDir?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** Runs until it is told to end, or its standard input ends. What it has to say goes to standard error: the protocol has the other. */
export async function runMcp(flags: McpFlags, env: Environment): Promise<void> {
  const version = codeVersion();
  const url = addressOf(flags, env);
  const key = flags.key ?? env.ASSAY_KEY;
  if (flags.http) {
    if (key !== undefined)
      throw new Error(
        'Over HTTP each request carries its own key (Authorization: Bearer …): leave --key and ASSAY_KEY out.',
      );
    const port = Number(flags.port);
    if (!Number.isInteger(port) || port < 0 || port > 65_535) throw new Error(`--port: ${flags.port} is no port.`);
    const served = await serveMcpOverHttp({ ...{ url, port, version }, host: flags.host });
    console.error(`Assay at ${url} is asked for at ${served.url}`);
    await new Promise<void>((resolve) => {
      for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
    });
    return served.close();
  }
  const server = await mcpServer(callerApi(url, key, `assay-mcp/${version}`), version);
  const { StdioServerTransport } = await import('@modelcontextprotocol/sdk/server/stdio.js');
  const ended = new Promise<void>((resolve) => {
    server.onclose = resolve;
    process.stdin.once('end', resolve);
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  await server.connect(new StdioServerTransport());
  await ended;
  await server.close();
  process.stdin.destroy();
}

/** Only the address comes from the data directory: what stands for an administrator there is not an assistant's. */
function addressOf({ url, dataDir }: McpFlags, env: Environment): string {
  const told = url ?? env.ASSAY_URL;
  if (told !== undefined) return baseOf(told);
  const config = readConfig(dataDir === undefined ? env : { ...env, ASSAY_DATA_DIR: dataDir }, {
    modelDir: defaultModelDir,
  });
  return readControl(config.dataDir)?.url ?? 'http://127.0.0.1:3000';
}
