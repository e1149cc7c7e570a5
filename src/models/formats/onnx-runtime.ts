/**
 * ONNX Runtime, where it is installed. `onnxruntime-node` takes 291 MB and is therefore no dependency of Assay's:
 *
 *   ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@1.30.0
 *
 * The variable keeps its install script from downloading CUDA, which is not needed. Its public functions answer by
 * promises only, but a decision's score must be there at once; its binding, which they wrap, runs a session
 * synchronously.
 */
import { createRequire } from 'node:module';
import { AssayError } from '../../domain/errors.ts';

/** The release whose binding this module was tried with. */
export const RUNTIME_VERSION = '1.30.0';

export const INSTALL_RUNTIME = `ONNXRUNTIME_NODE_INSTALL=skip npm install onnxruntime-node@${RUNTIME_VERSION}`;

export type TensorData = Float32Array | Float64Array | Int32Array | BigInt64Array;

export interface RuntimeTensor {
  data: ArrayLike<number | bigint>;
  dims: readonly number[];
}

export interface OnnxSession {
  /** A tensor over `data`, which may be written again between runs. */
  tensor(type: string, data: TensorData, dims: number[]): RuntimeTensor;
  run(feeds: Record<string, RuntimeTensor>, output: string): RuntimeTensor;
}

interface Binding {
  initOrt(): void;
  binding: {
    InferenceSession: new () => {
      loadModel(buffer: ArrayBufferLike, offset: number, length: number, options: object): void;
      run(
        feeds: Record<string, RuntimeTensor>,
        fetches: Record<string, null>,
        options: object,
      ): Record<string, RuntimeTensor>;
    };
  };
}

interface Runtime extends Binding {
  Tensor: new (type: string, data: TensorData, dims: number[]) => RuntimeTensor;
}

let loaded: Runtime | undefined;

/** Throws `unavailable`, saying how to install it, where the runtime is missing. */
function runtime(): Runtime {
  if (loaded) return loaded;
  const load = createRequire(import.meta.url);
  let found: Partial<Runtime>;
  try {
    found = { ...(load('onnxruntime-node') as object), ...(load('onnxruntime-node/dist/binding.js') as object) };
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    const why = code === 'MODULE_NOT_FOUND' ? 'is not installed' : `does not load (${message})`;
    throw new AssayError(
      'unavailable',
      `ONNX models need onnxruntime-node, which ${why}. Install it: ${INSTALL_RUNTIME}`,
    );
  }
  if (!found.initOrt || !found.binding?.InferenceSession || !found.Tensor) {
    throw new AssayError(
      'unavailable',
      `This onnxruntime-node cannot run a session synchronously. Install the one Assay knows: ${INSTALL_RUNTIME}`,
    );
  }
  loaded = found as Runtime;
  return loaded;
}

export function runtimeInstalled(): boolean {
  try {
    runtime();
    return true;
  } catch {
    return false;
  }
}

/**
 * One thread: rows are few, and the server's other threads have work. Throws `invalid_request` for a model it refuses.
 */
export function openSession(bytes: Uint8Array): OnnxSession {
  const { Tensor, binding, initOrt } = runtime();
  initOrt();
  const session = new binding.InferenceSession();
  const refuse = (error: unknown) => new AssayError('invalid_request', `ONNX Runtime: ${(error as Error).message}`);
  try {
    const options = { executionProviders: ['cpu'], intraOpNumThreads: 1, interOpNumThreads: 1, logSeverityLevel: 3 };
    session.loadModel(bytes.buffer, bytes.byteOffset, bytes.byteLength, options);
  } catch (error) {
    throw refuse(error);
  }
  return {
    tensor: (type, data, dims) => new Tensor(type, data, dims),
    run(feeds, output) {
      try {
        return session.run(feeds, { [output]: null }, {})[output];
      } catch (error) {
        throw refuse(error);
      }
    },
  };
}
