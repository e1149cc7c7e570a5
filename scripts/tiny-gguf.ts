/**
 * Writes a tiny language model of random weights as a GGUF file: what tests of the `local` narrator load. It has the
 * architecture, the tensors and the vocabulary that llama.cpp expects of the LLaMA family, and nothing to say.
 *
 *   node scripts/tiny-gguf.ts tiny.gguf [seed]
 *
 * The format: github.com/ggml-org/ggml, docs/gguf.md, version 3.
 */
import { writeFileSync } from 'node:fs';

const EMBEDDING = 32;
const HEADS = 4;
const LAYERS = 2;
const FEED_FORWARD = 64;
const CONTEXT = 32_768;
const ALIGNMENT = 32;

/** Numbers of value types in the file. */
const TYPE = { u32: 4, i32: 5, f32: 6, bool: 7, string: 8, array: 9 } as const;
/** Numbers of kinds of tokens. */
const TOKEN = { normal: 1, unknown: 2, control: 3, byte: 6 } as const;
const F32 = 0;

interface Token {
  text: string;
  score: number;
  kind: number;
}

/** A SentencePiece vocabulary: the marks, all bytes, and the printable characters with the space as ▁. */
function vocabulary(): Token[] {
  const marks: Token[] = [
    { text: '<unk>', score: 0, kind: TOKEN.unknown },
    { text: '<s>', score: 0, kind: TOKEN.control },
    { text: '</s>', score: 0, kind: TOKEN.control },
  ];
  const bytes = Array.from({ length: 256 }, (_, byte) => ({
    text: `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`,
    ...{ score: 0, kind: TOKEN.byte },
  }));
  const characters = Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i));
  const pieces = ['▁', ...characters].map((text, i) => ({ text, score: -i, kind: TOKEN.normal }));
  return [...marks, ...bytes, ...pieces];
}

/** Little-endian, growing. */
function createWriter() {
  const parts: Buffer[] = [];
  let length = 0;
  const put = (bytes: Buffer) => {
    parts.push(bytes);
    length += bytes.length;
  };
  const fixed = (size: number, write: (buffer: Buffer) => void) => {
    const buffer = Buffer.alloc(size);
    write(buffer);
    put(buffer);
  };
  const writer = {
    u32: (value: number) => fixed(4, (buffer) => buffer.writeUInt32LE(value)),
    i32: (value: number) => fixed(4, (buffer) => buffer.writeInt32LE(value)),
    u64: (value: number) => fixed(8, (buffer) => buffer.writeBigUInt64LE(BigInt(value))),
    f32: (value: number) => fixed(4, (buffer) => buffer.writeFloatLE(value)),
    bool: (value: boolean) => fixed(1, (buffer) => buffer.writeUInt8(Number(value))),
    string(text: string) {
      const bytes = Buffer.from(text, 'utf8');
      writer.u64(bytes.length);
      put(bytes);
    },
    raw: put,
    align: () => put(Buffer.alloc((ALIGNMENT - (length % ALIGNMENT)) % ALIGNMENT)),
    bytes: () => Buffer.concat(parts),
  };
  return writer;
}
type Writer = ReturnType<typeof createWriter>;

type Scalar = 'u32' | 'i32' | 'f32' | 'bool' | 'string';
type Metadata = [key: string, type: Scalar, value: number | boolean | string | (number | string)[]];

function metadata(tokens: Token[]): Metadata[] {
  return [
    ['general.architecture', 'string', 'llama'],
    ['general.name', 'string', 'tiny random'],
    ['general.alignment', 'u32', ALIGNMENT],
    ['llama.vocab_size', 'u32', tokens.length],
    ['llama.context_length', 'u32', CONTEXT],
    ['llama.embedding_length', 'u32', EMBEDDING],
    ['llama.block_count', 'u32', LAYERS],
    ['llama.feed_forward_length', 'u32', FEED_FORWARD],
    ['llama.attention.head_count', 'u32', HEADS],
    ['llama.attention.head_count_kv', 'u32', HEADS],
    ['llama.attention.layer_norm_rms_epsilon', 'f32', 1e-5],
    ['llama.rope.dimension_count', 'u32', EMBEDDING / HEADS],
    ['tokenizer.ggml.model', 'string', 'llama'],
    ['tokenizer.ggml.tokens', 'string', tokens.map(({ text }) => text)],
    ['tokenizer.ggml.scores', 'f32', tokens.map(({ score }) => score)],
    ['tokenizer.ggml.token_type', 'i32', tokens.map(({ kind }) => kind)],
    ['tokenizer.ggml.unknown_token_id', 'u32', 0],
    ['tokenizer.ggml.bos_token_id', 'u32', 1],
    ['tokenizer.ggml.eos_token_id', 'u32', 2],
    ['tokenizer.ggml.add_bos_token', 'bool', true],
    [
      'tokenizer.chat_template',
      'string',
      "{% for message in messages %}{{ message['role'] + ': ' + message['content'] + '</s>' }}{% endfor %}" +
        "{% if add_generation_prompt %}{{ 'assistant: ' }}{% endif %}",
    ],
  ];
}

function writeValue(writer: Writer, type: Scalar, value: number | boolean | string): void {
  (writer[type] as (value: unknown) => void)(value);
}

/** Name and dimensions, the fastest first: a matrix that takes n values to m is [n, m]. */
function tensors(vocabularySize: number): [name: string, dimensions: number[]][] {
  const layers = Array.from({ length: LAYERS }, (_, i): [string, number[]][] => [
    [`blk.${i}.attn_norm.weight`, [EMBEDDING]],
    [`blk.${i}.attn_q.weight`, [EMBEDDING, EMBEDDING]],
    [`blk.${i}.attn_k.weight`, [EMBEDDING, EMBEDDING]],
    [`blk.${i}.attn_v.weight`, [EMBEDDING, EMBEDDING]],
    [`blk.${i}.attn_output.weight`, [EMBEDDING, EMBEDDING]],
    [`blk.${i}.ffn_norm.weight`, [EMBEDDING]],
    [`blk.${i}.ffn_gate.weight`, [EMBEDDING, FEED_FORWARD]],
    [`blk.${i}.ffn_up.weight`, [EMBEDDING, FEED_FORWARD]],
    [`blk.${i}.ffn_down.weight`, [FEED_FORWARD, EMBEDDING]],
  ]);
  return [
    ['token_embd.weight', [EMBEDDING, vocabularySize]],
    ...layers.flat(),
    ['output_norm.weight', [EMBEDDING]],
    ['output.weight', [EMBEDDING, vocabularySize]],
  ];
}

/** In [-1, 1), the same for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 31 - 1;
  };
}

/** The bytes of the file: about 150 kB. */
export function tinyGguf(seed = 1): Buffer {
  const random = randomOf(seed);
  const tokens = vocabulary();
  const shapes = tensors(tokens.length);
  const fields = metadata(tokens);
  const writer = createWriter();
  writer.raw(Buffer.from('GGUF', 'latin1'));
  writer.u32(3);
  writer.u64(shapes.length);
  writer.u64(fields.length);
  for (const [key, type, value] of fields) {
    writer.string(key);
    if (Array.isArray(value)) {
      writer.u32(TYPE.array);
      writer.u32(TYPE[type]);
      writer.u64(value.length);
      for (const each of value) writeValue(writer, type, each);
    } else {
      writer.u32(TYPE[type]);
      writeValue(writer, type, value);
    }
  }
  let offset = 0;
  for (const [name, dimensions] of shapes) {
    writer.string(name);
    writer.u32(dimensions.length);
    for (const dimension of dimensions) writer.u64(dimension);
    writer.u32(F32);
    writer.u64(offset);
    // Every size is a multiple of 32 bytes, so that the next one is aligned.
    offset += 4 * dimensions.reduce((product, dimension) => product * dimension, 1);
  }
  writer.align();
  for (const [name, dimensions] of shapes) {
    const values = new Float32Array(dimensions.reduce((product, dimension) => product * dimension, 1));
    for (let i = 0; i < values.length; i++) values[i] = dimensions.length === 1 ? 1 : random() / Math.sqrt(EMBEDDING);
    // Only characters are ever likely: random bytes would be no UTF-8, and a random end would come too soon.
    if (name === 'output.weight') values.fill(0, 0, EMBEDDING * tokens.findIndex(({ kind }) => kind === TOKEN.normal));
    writer.raw(Buffer.from(values.buffer));
  }
  return writer.bytes();
}

if (import.meta.main) {
  const [path = 'tiny.gguf', seed = '1'] = process.argv.slice(2);
  writeFileSync(path, tinyGguf(Number(seed)));
}
