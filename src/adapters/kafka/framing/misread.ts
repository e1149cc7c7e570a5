/** First bytes of what is sent by mistake or by framings that are not read, in words; undefined for anything else. */
const MAGIC: [bytes: number[], words: string][] = [
  [[0x1f, 0x8b], 'The value is gzip: let the producer compress (compression.type), and not the program before it.'],
  [
    [0x28, 0xb5, 0x2f, 0xfd],
    'The value is zstd: let the producer compress (compression.type), and not the program before it.',
  ],
  [[0x4f, 0x62, 0x6a, 0x01], 'The value is a whole Avro file, not a message.'],
  [
    [0xc3, 0x01],
    'The value is Avro in its single-object encoding, which names its schema by a fingerprint that no registry knows.',
  ],
  [[0xac, 0xed, 0x00, 0x05], 'The value is a serialized Java object.'],
  [[0xff, 0xfe], 'The value is UTF-16; JSON is sent as UTF-8.'],
  [[0xfe, 0xff], 'The value is UTF-16; JSON is sent as UTF-8.'],
  [[0x7b, 0x00], 'The value is UTF-16; JSON is sent as UTF-8.'],
  [[0x00, 0x7b, 0x00], 'The value is UTF-16; JSON is sent as UTF-8.'],
  [
    [0x00, 0x00, 0x00, 0x00, 0x00],
    'The value begins with five zeros: a schema id of eight bytes, as Apicurio writes by default, is not read; let it write Confluent’s.',
  ],
];

export function misread(value: Buffer): string | undefined {
  return MAGIC.find(([bytes]) => bytes.every((byte, i) => value[i] === byte))?.[1];
}
