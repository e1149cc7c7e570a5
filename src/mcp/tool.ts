import type { Static, TObject } from 'typebox';
import type { CallerApi } from './api.ts';

/** Something that an assistant may ask for. */
export interface Tool {
  name: string;
  title: string;
  description: string;
  input: TObject;
  /** Whether it leaves the server as it was. */
  readOnly: boolean;
  run(api: CallerApi, input: never, signal: AbortSignal): Promise<unknown>;
}

/** Holds `run` to the input that it declares. */
export const tool = <T extends TObject>(
  given: Omit<Tool, 'input' | 'run'> & {
    input: T;
    run(api: CallerApi, input: Static<T>, signal: AbortSignal): Promise<unknown>;
  },
): Tool => given as Tool;

/** A name within a path. */
export const part = (text: string) => encodeURIComponent(text);
