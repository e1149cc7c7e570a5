import { Command } from 'commander';
import type { McpFlags } from './mcp-run.ts';

/** `assay mcp`: what an assistant may look at and propose. */
export function mcpCommand(): Command {
  return new Command('mcp')
    .description(
      'speaks the Model Context Protocol for an assistant, with the caller’s key: on stdin and stdout, or over HTTP',
    )
    .option(
      '--url <url>',
      'the server (ASSAY_URL; default: the one that holds the data directory, else http://127.0.0.1:3000)',
    )
    .option(
      '--key <key>',
      'API key (ASSAY_KEY; the list of processes shows what stands here); over HTTP each request carries its own',
    )
    .option('--http', 'streamable HTTP at /mcp instead of stdin and stdout')
    .option('--host <address>', 'with --http: where it listens', '127.0.0.1')
    .option('--port <number>', 'with --http', '3001')
    .option('--data-dir <folder>', 'the data directory (ASSAY_DATA_DIR)')
    .action(async (flags: McpFlags) => {
      const { runMcp } = await import('./mcp-run.ts');
      await runMcp(flags, process.env);
    });
}
