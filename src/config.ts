import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { availableParallelism } from 'node:os';
import { basename, dirname, join, resolve } from 'node:path';
import { IPV6_PREFIX } from './domain/address.ts';
import type { CaseRule } from './domain/case.ts';
import { type CaseReason, DEFAULT_CASE_REASONS, parseCaseReasons } from './domain/case-reason.ts';
import { parseSla } from './domain/case-sla.ts';
import { currencyCode } from './domain/currency.ts';
import { CORE_ENTITIES, entityTypesWith } from './domain/entity.ts';
import { LABEL_MATURITY_DAYS } from './domain/label-state.ts';
import { parseOfficeHours } from './domain/office-hours.ts';
import { mergeSchemas, type OwnSchema, ownEntities, ownHabits, parseOwnSchema } from './domain/own-columns.ts';

/** Everything that the environment can settle, read once. Times in milliseconds unless the name says otherwise. */
export interface Config {
  readonly host: string;
  readonly port: number;
  readonly dataDir: string;
  /** External PostgreSQL; undefined starts the embedded one. */
  readonly databaseUrl: string | undefined;
  /** SQL schema, and prefix of everything shared. */
  readonly namespace: string;
  /** Bootstraps an admin key. */
  readonly apiKey: string | undefined;
  readonly baseCurrency: string;
  /** Units of base currency for one unit of the currency, such as `{EUR: 1.08}`. */
  readonly currencyRates: Readonly<Record<string, number>>;
  /** Entity types that are profiled: the core ones, the configured ones, and those that came later. */
  readonly entityTypes: readonly string[];
  /** For configured entity types, the field that names them, such as `metadata.terminal`. */
  readonly entityFields: Readonly<Record<string, string>>;
  /** Columns of one's own, from ASSAY_SCHEMA and the model of ASSAY_MODEL_DIR. */
  readonly schema: OwnSchema | undefined;
  /** What users' profiles keep of them. */
  readonly ownHabits: readonly string[];
  /** A history of reference rates; undefined: that which ships; `none`: only `currencyRates` count. */
  readonly ratesFile: string | undefined;
  /** A rate older than this, at the payment's time, is warned about. */
  readonly ratesMaxAgeDays: number;
  /** What is said to have happened before (milliseconds) is taken with a warning. */
  readonly transactionMinDate: number;
  /** What is done with card numbers; undefined where nobody said: files replace them, every other door refuses them. */
  readonly cardNumbers: 'refuse' | 'tokenize' | 'allow' | undefined;
  /** The key of their tokens: made where it is needed first, outside the data. */
  readonly cardKeyFile: string;
  /** How messages of ISO 8583 are read, over the standard's way. */
  readonly iso8583MapFile: string | undefined;
  /** Bits of an IPv6 address that name a network: what is limited, and profiled beside the address. */
  readonly ipv6Prefix: number;
  readonly rateLimitMax: number;
  readonly rateLimitWindowMs: number;
  readonly corsOrigins: readonly string[];
  /** How long a connection may idle: longer than any load balancer in front keeps it, which else sends into a closed one. */
  readonly keepAliveMs: number;
  /** Further connections are closed at once. */
  readonly maxConnections: number;
  /** Addresses of the proxies that may say who asked, by X-Forwarded-*, such as `10.0.0.0/8,loopback`; false: none. */
  readonly trustProxy: string | false;
  /** The first champion; once a model was promoted, that one decides. */
  readonly modelDir: string;
  /** The dashboard's build; undefined serves the plain page. */
  readonly dashboardDir: string | undefined;
  /** Whether the stream of made-up payments may be started; undefined: on loopback only. */
  readonly demo: boolean | undefined;
  /** Folder of the model of `/v1/fraud-score`, or of several of them by version. */
  readonly cardModelPath: string;
  /** Which one: a version, or a folder's name. */
  readonly cardModelVersion: string | undefined;
  /** Score, 0 to 100, from which `/v1/fraud-score` says fraud. */
  readonly fraudThreshold: number;
  /** Folder of the three models of `/api/v1/predict_fraud`. */
  readonly statelessModelDir: string;
  /** Where errors of the log go too. */
  readonly sentryDsn: string | undefined;
  readonly logLevel: string;
  /** 1: everything in one thread. More: the projection to PostgreSQL has one of its own. */
  readonly threads: number;
  /** How long it says that it is not ready, before it stops to listen. */
  readonly drainDelayMs: number;
  /** How long a read waits for the projection before it answers 503. */
  readonly readWaitMs: number;
  /** So many decisions may always wait; beyond them, only where they would wait no longer than the delay. 0: however long. */
  readonly admitWaiting: number;
  readonly admitDelayMs: number;
  readonly snapshotEveryRecords: number;
  readonly journalSegmentBytes: number;
  /** Of the records that are written; undefined: that of the newest record, 2 where there is none. */
  readonly journalFormat: 1 | 2 | undefined;
  /** Days that the journal keeps what happened to single payments; 0 for ever. */
  readonly journalRetentionDays: number;
  /** Where the journal is copied to as it grows; undefined: nowhere. */
  readonly journalMirror: MirrorConfig | undefined;
  /** Days of the log after which an entity without an event is forgotten, in one process; 0: never. */
  readonly profileTtlDays: number;
  /** Whether a start may go on without the profiles of what was removed from the journal. */
  readonly journalWithoutBase: boolean;
  /** Bytes of profiles that stay in memory; the others lie in the data directory. 0: all stay. */
  readonly profileMemory: number;
  /** Bytes that stay free on the disk: below, nothing is taken. 0: no reserve. */
  readonly diskReserve: number;
  /** Bytes a second at which the journal is read against its checksums; 0: never. */
  readonly journalScrubRate: number;
  /** Days that the database keeps transactions; 0 for ever. */
  readonly retentionDays: number;
  /** Days after which what was executed and not disputed is presumed legitimate. */
  readonly labelMaturityDays: number;
  /** An entity that is joined with more others is no link: strangers share it. */
  readonly linkHub: number;
  /** How alerts find their cases. */
  readonly cases: CaseRule;
  /** Words for why cases were resolved so; none: nobody is asked. */
  readonly caseReasons: readonly CaseReason[];
  /** Whose midnights begin the months and quarters of ledgers: UTC, an offset, or a name of IANA's. */
  readonly ledgerTimeZone: string;
  /** Whether payments are told that they may go without strong authentication; the ledger's figures are then taken for the provider's. */
  readonly scaTra: boolean;
  /** What happens to a held payment that nobody reviewed in time; undefined: it stays held. */
  readonly reviewExpires: { readonly afterMs: number; readonly action: 'release' | 'cancel' } | undefined;
  /** Connections to the database. */
  readonly databasePool: number;
  /** Kafka and Redis, where many processes share one log; undefined where this one keeps its own. */
  readonly fleet: FleetConfig | undefined;
  /** What takes two keys: `policy` makes live changes of rules wait for another one. */
  readonly fourEyes: FourEyes;
  readonly webhooks: WebhookConfig;
  /** A deployment of Convex that gets a copy of what people query; undefined: none. */
  readonly convex: ConvexConfig | undefined;
  /** The language model that writes beside the reasons; undefined: the template alone. */
  readonly llm: LlmConfig | undefined;
}

export interface MirrorConfig {
  readonly to: MirrorTarget;
  /** Between two looks for what is new. */
  readonly everyMs: number;
  /** Further behind than this it is told. */
  readonly maxLagMs: number;
}

/** A folder, or a bucket of S3 or of what speaks its language. */
export type MirrorTarget = { readonly folder: string } | { readonly bucket: BucketConfig };

export interface BucketConfig {
  readonly bucket: string;
  /** Of the names in it, without slashes at its ends; may be empty. */
  readonly prefix: string;
  readonly region: string;
  /** Undefined: Amazon's own. */
  readonly endpoint: string | undefined;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | undefined;
}

export interface FleetConfig {
  readonly brokers: readonly string[];
  readonly kafkaTls: TlsConfig | undefined;
  readonly kafkaSasl: SaslConfig | undefined;
  /** What messages of transactions.raw are: found out for each, or the JSON of a transaction, or of an ISO 8583 message, and nothing else. */
  readonly rawFormat: 'auto' | 'json' | 'iso8583';
  /** What becomes of rows that were there when Debezium began. */
  readonly rawSnapshot: 'skip' | 'decide';
  /** Where Avro and Protobuf find their schemas. */
  readonly schemaRegistryUrl: string | undefined;
  readonly redisUrl: string;
  /** Certificates to trust, a PEM file; for `rediss:`. */
  readonly redisCaFile: string | undefined;
  /** Of transactions.raw and transactions.scored, where they are made. */
  readonly partitions: number;
  readonly replication: number;
  readonly minInsync: number;
  /** Days that the log is kept; 0 for ever. */
  readonly logRetentionDays: number;
  readonly rawRetentionDays: number;
  /** How long a decision waits for profiles before it goes on without. */
  readonly redisDeadlineMs: number;
  readonly profileTtlDays: number;
  /** How long an id or an Idempotency-Key leads to its first record. */
  readonly idTtlDays: number;
  /** Transactions that a worker decides at once. */
  readonly workerConcurrency: number;
}

export interface TlsConfig {
  /** PEM files. Authorities to trust instead of the system's; a certificate of this client's own, and its key. */
  readonly caFile: string | undefined;
  readonly certFile: string | undefined;
  readonly keyFile: string | undefined;
}

export interface SaslConfig {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

export interface ConvexConfig {
  readonly url: string;
  readonly deployKey: string;
  /** For one call. */
  readonly timeoutMs: number;
  /** Age of the oldest record that is not there from which it is said to be behind. */
  readonly maxLagMs: number;
}

export interface WebhookConfig {
  /** Whether addresses may be called that are not of the public Internet; undefined: where it listens on loopback only. */
  readonly privateAddresses: boolean | undefined;
  /** For one attempt. */
  readonly timeoutMs: number;
  /** Pause after the first failure. */
  readonly retryMs: number;
}

export interface LlmEndpoint {
  readonly url: string;
  readonly key: string | undefined;
}

export interface LlmFile {
  readonly file: string;
  readonly threads: number;
  /** Tokens that one question and its answer may take. */
  readonly contextTokens: number;
  /** Folder in whose node_modules node-llama-cpp is, where it is not beside Assay. */
  readonly library: string | undefined;
}

export interface LlmConfig {
  /** An endpoint of OpenAI's shape, such as http://127.0.0.1:8080/v1; or a GGUF file, read in a process of its own. */
  readonly from: LlmEndpoint | LlmFile;
  /** What the endpoint calls the model. */
  readonly model: string;
  /** For one text, retries included. */
  readonly timeoutMs: number;
  /** Tokens that an answer may take. */
  readonly maxTokens: number;
  readonly perMinute: number;
  /** Texts asked for at once. */
  readonly concurrency: number;
  /** Which decisions are told without being asked for. */
  readonly narrate: 'alerts' | 'all' | 'none';
  /** Whether details of the payment itself may be sent: its amount, merchant, place and metadata. */
  readonly sendPersonal: boolean;
}

export const SASL_MECHANISMS = ['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'] as const;
export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

type Environment = Readonly<Record<string, string | undefined>>;

/** Reads the environment. Throws an Error that names the variable where a value makes no sense. */
export function readConfig(env: Environment, defaults: { modelDir: string; dashboardDir?: string }): Config {
  const entityFields = parsePairs(env.ASSAY_ENTITIES ?? '', 'ASSAY_ENTITIES');
  for (const name of Object.keys(entityFields))
    if ((CORE_ENTITIES as readonly string[]).includes(name))
      throw new Error(`ASSAY_ENTITIES: ${name} is profiled already`);
  const rates = Object.entries(parsePairs(env.CURRENCY_RATES ?? '', 'CURRENCY_RATES')).map(([code, rate]) => {
    const value = Number(rate);
    if (!(value > 0) || !Number.isFinite(value)) throw new Error(`CURRENCY_RATES: ${code} needs a positive number`);
    return [currency(code, 'CURRENCY_RATES'), value] as const;
  });
  return Object.freeze({
    host: env.HOST ?? '127.0.0.1',
    port: integer(env, 'PORT', 3000, 0, 65535),
    dataDir: resolve(env.ASSAY_DATA_DIR ?? './.assay'),
    databaseUrl: databaseUrl(env.DATABASE_URL || undefined),
    namespace: identifier(env.ASSAY_NAMESPACE ?? 'assay'),
    apiKey: env.API_KEY || undefined,
    baseCurrency: currency(env.BASE_CURRENCY ?? 'USD', 'BASE_CURRENCY'),
    currencyRates: Object.freeze(Object.fromEntries(rates)),
    ...profiled(entityFields, mergeSchemas(schemaOfFile(env.ASSAY_SCHEMA), schemaOfModel(env.ASSAY_MODEL_DIR))),
    ratesFile: env.RATES_FILE || undefined,
    ratesMaxAgeDays: integer(env, 'RATES_MAX_AGE_DAYS', 30, 1, 36_500),
    transactionMinDate: day(env.TRANSACTION_MIN_DATE || '2000-01-01', 'TRANSACTION_MIN_DATE'),
    cardNumbers: env.CARD_NUMBERS
      ? (oneOf(env, 'CARD_NUMBERS', ['refuse', 'tokenize', 'allow'], '') as Config['cardNumbers'])
      : undefined,
    cardKeyFile: env.CARD_KEY_FILE || `${resolve(env.ASSAY_DATA_DIR ?? './.assay')}.card.key`,
    iso8583MapFile: env.ISO8583_MAP || undefined,
    ipv6Prefix: integer(env, 'IPV6_PREFIX', IPV6_PREFIX, 16, 128),
    rateLimitMax: integer(env, 'RATE_LIMIT_MAX', 100_000, 0),
    rateLimitWindowMs: duration(env.RATE_LIMIT_WINDOW ?? '1m', 'RATE_LIMIT_WINDOW'),
    corsOrigins: Object.freeze(corsOrigins(env)),
    keepAliveMs: integer(env, 'KEEP_ALIVE_MS', 75_000, 1_000, 3_600_000),
    maxConnections: integer(env, 'MAX_CONNECTIONS', 8_192, 1, 1_000_000),
    trustProxy: trustProxy(env),
    modelDir: env.ASSAY_MODEL_DIR ?? defaults.modelDir,
    dashboardDir: env.ASSAY_DASHBOARD_DIR || defaults.dashboardDir,
    demo: onOff(env, 'ASSAY_DEMO'),
    cardModelPath: env.MODEL_PATH || join(dirname(defaults.modelDir), 'card'),
    cardModelVersion: env.MODEL_VERSION || undefined,
    fraudThreshold: percentage(env, 'FRAUD_THRESHOLD', 50),
    statelessModelDir: env.ASSAY_STATELESS_MODELS || join(dirname(defaults.modelDir), 'stateless'),
    threads: integer(env, 'ASSAY_THREADS', Math.min(2, availableParallelism()), 1, 1_024),
    sentryDsn: env.SENTRY_DSN || undefined,
    logLevel: oneOf(env, 'LOG_LEVEL', LOG_LEVELS, 'info'),
    drainDelayMs: integer(env, 'DRAIN_DELAY_MS', 0, 0, 600_000),
    readWaitMs: integer(env, 'READ_WAIT_MS', 2_000, 0),
    admitWaiting: integer(env, 'ADMIT_WAITING', 256, 1),
    admitDelayMs: integer(env, 'ADMIT_DELAY_MS', 50, 0),
    snapshotEveryRecords: integer(env, 'SNAPSHOT_EVERY_RECORDS', 200_000, 1),
    journalSegmentBytes: size(env, 'JOURNAL_SEGMENT_BYTES', 64 * MIB, 65_536, 1024 * MIB),
    journalFormat: journalFormat(env),
    journalRetentionDays: journalRetention(env),
    journalMirror: journalMirror(env),
    profileTtlDays: integer(env, 'PROFILE_TTL_DAYS', 0, 0, 36_500),
    journalWithoutBase: onOff(env, 'JOURNAL_WITHOUT_BASE') ?? false,
    profileMemory: sizeOrNone(env, 'PROFILE_MEMORY', 0, MIB),
    diskReserve: size(env, 'DISK_RESERVE', 256 * MIB, 0),
    journalScrubRate: size(env, 'JOURNAL_SCRUB_RATE', 8 * MIB, 0),
    retentionDays: integer(env, 'RETENTION_DAYS', 0, 0),
    labelMaturityDays: integer(env, 'LABEL_MATURITY_DAYS', LABEL_MATURITY_DAYS, 0, 3_650),
    linkHub: integer(env, 'LINK_HUB', 50, 1, 1_000),
    cases: Object.freeze({
      windowMs: duration(env.CASE_WINDOW || '21d', 'CASE_WINDOW'),
      // A profile keeps 512 events, and tells no more others than that.
      hub: integer(env, 'CASE_HUB', 50, 1, 500),
      ...caseTimes(env),
    }),
    caseReasons: Object.freeze(caseReasons(env)),
    ledgerTimeZone: timeZone(env.LEDGER_TIME_ZONE || 'UTC', 'LEDGER_TIME_ZONE'),
    scaTra: scaTra(env),
    reviewExpires: reviewExpires(env),
    databasePool: integer(env, 'DATABASE_POOL', 8, 2, 1_000),
    fleet: fleet(env),
    fourEyes: Object.freeze(fourEyes(env)),
    webhooks: Object.freeze({
      privateAddresses: onOff(env, 'WEBHOOK_PRIVATE_ADDRESSES'),
      timeoutMs: integer(env, 'WEBHOOK_TIMEOUT_MS', 10_000, 100, 60_000),
      retryMs: integer(env, 'WEBHOOK_RETRY_MS', 5_000, 10, 3_600_000),
    }),
    convex: convex(env),
    llm: llm(env),
  });
}

/** As browsers send them: those of web pages by the URL standard, those of apps (`capacitor://localhost`) as written. */
function corsOrigins(env: Environment): string[] {
  const written = (env.CORS_ORIGINS ?? '').split(',').map((origin) => origin.trim());
  return written.filter(Boolean).map((text) => {
    const [, origin] = /^([a-z][a-z0-9+.-]*:\/\/[^/?#@*\s]+)\/?$/i.exec(text) ?? [];
    if (origin === undefined || !URL.canParse(origin))
      throw new Error(`CORS_ORIGINS: ${text} is no origin, such as https://shop.example or http://localhost:5173`);
    return /^https?:/i.test(origin) ? new URL(origin).origin : origin;
  });
}

function journalFormat(env: Environment): 1 | 2 | undefined {
  const text = env.JOURNAL_FORMAT || undefined;
  if (text === undefined) return undefined;
  if (text !== '1' && text !== '2') throw new Error(`JOURNAL_FORMAT: ${text} is not one of 1, 2`);
  return text === '1' ? 1 : 2;
}

function journalRetention(env: Environment): number {
  const days = integer(env, 'JOURNAL_RETENTION_DAYS', 0, 0, 36_500);
  if (days > 0 && env.KAFKA_BROKERS)
    throw new Error('JOURNAL_RETENTION_DAYS: is for one machine; a fleet has KAFKA_RETENTION_DAYS');
  return days;
}

function journalMirror(env: Environment): MirrorConfig | undefined {
  const text = env.JOURNAL_MIRROR?.trim();
  if (!text || text === 'off') return undefined;
  if (env.KAFKA_BROKERS) throw new Error('JOURNAL_MIRROR: is for one machine; in a fleet Kafka keeps the copies');
  return Object.freeze({
    to: mirrorTarget(text, env, 'JOURNAL_MIRROR'),
    everyMs: duration(env.JOURNAL_MIRROR_EVERY || '5s', 'JOURNAL_MIRROR_EVERY'),
    maxLagMs: duration(env.JOURNAL_MIRROR_MAX_LAG || '60s', 'JOURNAL_MIRROR_MAX_LAG'),
  });
}

/** A folder, or `s3://bucket/prefix` with the variables of Amazon's own tools. Throws an Error that begins with `name`. */
export function mirrorTarget(text: string, env: Environment, name: string): MirrorTarget {
  if (!/^[a-z][a-z0-9+.-]*:/i.test(text)) return Object.freeze({ folder: resolve(text) });
  const [, bucket, path = ''] = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(\/.*)?$/.exec(text) ?? [];
  const prefix = path.replace(/^\/+|\/+$/g, '');
  if (!bucket || /[^\w./-]|\/\/|(^|\/)\.\.?(\/|$)/.test(prefix))
    throw new Error(`${name}: is a folder, or s3://bucket/prefix of letters, digits, . _ - and /`);
  const [accessKeyId, secretAccessKey] = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].map((variable) => {
    if (!env[variable]) throw new Error(`${variable}: needed where ${name} is a bucket`);
    return env[variable];
  });
  const endpoint = env.AWS_ENDPOINT_URL_S3 || env.AWS_ENDPOINT_URL || undefined;
  if (endpoint && (!URL.canParse(endpoint) || !/^https?:$/.test(new URL(endpoint).protocol)))
    throw new Error('AWS_ENDPOINT_URL: needs the form https://minio.example:9000');
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || (endpoint ? 'us-east-1' : '');
  if (!/^[a-z0-9-]+$/.test(region)) throw new Error(`AWS_REGION: needed where ${name} is a bucket of Amazon's`);
  const sessionToken = env.AWS_SESSION_TOKEN || undefined;
  const to = { bucket, prefix, region, endpoint, accessKeyId, secretAccessKey, sessionToken };
  return Object.freeze({ bucket: Object.freeze(to) });
}

/** What is profiled, and by which fields, with the entities of a schema beside those of ASSAY_ENTITIES. */
function profiled(fields: Readonly<Record<string, string>>, schema: OwnSchema | undefined) {
  const entityFields = { ...fields };
  for (const [name, field] of Object.entries(ownEntities(schema))) {
    if (entityFields[name] !== undefined && entityFields[name] !== field)
      throw new Error(`ASSAY_ENTITIES: ${name} is ${entityFields[name]} there and ${field} in the schema`);
    entityFields[name] = field;
  }
  return {
    entityTypes: Object.freeze(entityTypesWith(Object.keys(entityFields))),
    entityFields: Object.freeze(entityFields),
    schema,
    ownHabits: Object.freeze(ownHabits(schema)),
  };
}

/** The same configuration with further columns of one's own. Throws an Error where the same name means something else. */
export function withSchema(config: Config, schema: OwnSchema | undefined): Config {
  return Object.freeze({ ...config, ...profiled(config.entityFields, mergeSchemas(config.schema, schema)) });
}

/** The schema of a file that holds one, or that maps a history and holds one beside. */
function schemaOfFile(path: string | undefined): OwnSchema | undefined {
  if (!path) return undefined;
  try {
    const said = JSON.parse(readFileSync(path, 'utf8'));
    const isMap = typeof said?.columns === 'object' && typeof said.columns?.type !== 'string';
    return parseOwnSchema(isMap ? (said.schema ?? {}) : said);
  } catch (error) {
    throw new Error(`ASSAY_SCHEMA: ${path}: ${(error as Error).message}`);
  }
}

/** What a model was trained on; what is wrong with it is told when it is loaded. */
function schemaOfModel(folder: string | undefined): OwnSchema | undefined {
  if (!folder) return undefined;
  try {
    const { schema } = JSON.parse(readFileSync(join(folder, 'model.json'), 'utf8'));
    return schema && parseOwnSchema(schema);
  } catch {
    return undefined;
  }
}

/** `off`: none. */
function caseReasons(env: Environment): CaseReason[] {
  const text = env.CASE_REASONS?.trim() || DEFAULT_CASE_REASONS;
  if (text === 'off') return [];
  try {
    return parseCaseReasons(text);
  } catch (error) {
    throw new Error(`CASE_REASONS: ${(error as Error).message}`);
  }
}

/** When cases are due, and in whose hours. */
function caseTimes(env: Environment): Pick<CaseRule, 'sla' | 'hours'> {
  const { CASE_SLA: sla, CASE_HOURS: hours } = env;
  const zone = timeZone(env.CASE_TIME_ZONE || 'UTC', 'CASE_TIME_ZONE');
  const parsed = <T>(name: string, text: string | undefined, parse: (text: string) => T): T | undefined => {
    if (!text?.trim() || text.trim() === 'off') return undefined;
    try {
      return parse(text);
    } catch (error) {
      throw new Error(`${name}: ${(error as Error).message}`);
    }
  };
  const [steps, office] = [
    parsed('CASE_SLA', sla, parseSla),
    parsed('CASE_HOURS', hours, (text) => parseOfficeHours(text, zone)),
  ];
  if (office && !steps) throw new Error('CASE_HOURS: nothing is due without CASE_SLA');
  return { ...(steps ? { sla: Object.freeze(steps) } : {}), ...(office ? { hours: office } : {}) };
}

/** A duration such as `6d` in REVIEW_EXPIRES, and what is done then. */
function reviewExpires(env: Environment): Config['reviewExpires'] {
  const text = env.REVIEW_EXPIRES?.trim();
  const action = oneOf(env, 'REVIEW_EXPIRES_ACTION', ['cancel', 'release'], 'cancel') as 'cancel' | 'release';
  if (!text || text === 'off') return undefined;
  return Object.freeze({ afterMs: duration(text, 'REVIEW_EXPIRES'), action });
}

/** Its key is a secret of the deployment: only the environment has it. */
function convex(env: Environment): ConvexConfig | undefined {
  const { CONVEX_URL: url, CONVEX_DEPLOY_KEY: deployKey } = env;
  if (!url && !deployKey) return undefined;
  if (!url || !URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol))
    throw new Error('CONVEX_URL: needs the form https://happy-animal-123.convex.cloud');
  if (!deployKey) throw new Error('CONVEX_DEPLOY_KEY: needed where CONVEX_URL is set');
  return Object.freeze({
    url: url.replace(/\/+$/, ''),
    deployKey,
    timeoutMs: integer(env, 'CONVEX_TIMEOUT_MS', 10_000, 100, 60_000),
    maxLagMs: 1_000 * integer(env, 'CONVEX_MAX_LAG_SECONDS', 60, 1),
  });
}

/** A language model where one is named. */
function llm(env: Environment): LlmConfig | undefined {
  const { LLM_URL: url, LLM_MODEL_PATH: path } = env;
  if (url && path) throw new Error('LLM_URL: not together with LLM_MODEL_PATH; choose one');
  if (!url && !path) return undefined;
  if (url && (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)))
    throw new Error('LLM_URL: needs the form http://host:port/v1');
  return Object.freeze({
    from: Object.freeze(
      url
        ? { url, key: env.LLM_API_KEY || undefined }
        : {
            file: resolve(path!),
            threads: integer(env, 'LLM_THREADS', 1, 1, 64),
            contextTokens: integer(env, 'LLM_CONTEXT', 4_096, 512, 131_072),
            library: env.LLM_LIBRARY || undefined,
          },
    ),
    model: env.LLM_MODEL || (url ? 'default' : basename(path!)),
    timeoutMs: integer(env, 'LLM_TIMEOUT_MS', 20_000, 100, 600_000),
    maxTokens: integer(env, 'LLM_MAX_TOKENS', 500, 100, 16_384),
    perMinute: integer(env, 'LLM_PER_MINUTE', 30, 1, 10_000),
    concurrency: integer(env, 'LLM_CONCURRENCY', 1, 1, 16),
    narrate: oneOf(env, 'LLM_NARRATE', ['alerts', 'all', 'none'], 'alerts') as LlmConfig['narrate'],
    sendPersonal: onOff(env, 'LLM_SEND_PERSONAL') ?? false,
  });
}

/** Kafka's brokers make it a fleet, and then nothing is kept on this machine alone. */
function fleet(env: Environment): FleetConfig | undefined {
  const brokers = (env.KAFKA_BROKERS ?? '')
    .split(',')
    .map((broker) => broker.trim())
    .filter(Boolean);
  if (brokers.length === 0) return undefined;
  for (const broker of brokers)
    if (!/^[^\s:]+:\d+$/.test(broker) && !/^\[[0-9a-f:]+\]:\d+$/i.test(broker))
      throw new Error(`KAFKA_BROKERS: ${broker} is not host:port`);
  for (const name of ['REDIS_URL', 'DATABASE_URL'])
    if (!env[name]) throw new Error(`${name}: needed where KAFKA_BROKERS is set`);
  const redisUrl = env.REDIS_URL!;
  if (!URL.canParse(redisUrl) || !/^rediss?:$/.test(new URL(redisUrl).protocol))
    throw new Error('REDIS_URL: needs the form redis://user:password@host:port/0');
  const rawRetentionDays = integer(env, 'RAW_RETENTION_DAYS', 7, 1);
  const replication = integer(env, 'KAFKA_REPLICATION', Math.min(3, brokers.length), 1, 9);
  return Object.freeze({
    brokers: Object.freeze(brokers),
    kafkaTls: kafkaTls(env),
    kafkaSasl: kafkaSasl(env),
    rawFormat: oneOf(env, 'RAW_FORMAT', ['auto', 'json', 'iso8583'], 'auto') as FleetConfig['rawFormat'],
    rawSnapshot: oneOf(env, 'RAW_SNAPSHOT', ['skip', 'decide'], 'skip') as FleetConfig['rawSnapshot'],
    schemaRegistryUrl: registryUrl(env),
    redisUrl,
    redisCaFile: redisCa(env, redisUrl),
    partitions: integer(env, 'KAFKA_PARTITIONS', 12, 1, 1_000),
    replication,
    minInsync: integer(env, 'KAFKA_MIN_INSYNC', Math.min(2, replication), 1, replication),
    logRetentionDays: integer(env, 'KAFKA_RETENTION_DAYS', 0, 0),
    rawRetentionDays,
    redisDeadlineMs: integer(env, 'REDIS_DEADLINE_MS', 50, 1),
    profileTtlDays: integer(env, 'PROFILE_TTL_DAYS', 180, 1),
    // What workers may read again is still known.
    idTtlDays: integer(env, 'ID_TTL_DAYS', Math.max(30, rawRetentionDays), rawRetentionDays),
    workerConcurrency: integer(env, 'WORKER_CONCURRENCY', 64, 1, 10_000),
  });
}

/** What waits for a second key: rules that would be live; resolutions of cases with so much at risk, base currency. */
export interface FourEyes {
  readonly policy: boolean;
  readonly casesFrom?: number;
}

function fourEyes(env: Environment): FourEyes {
  const names = (env.FOUR_EYES ?? '').split(',').map((name) => name.trim());
  let [policy, casesFrom]: [boolean, number | undefined] = [false, undefined];
  for (const name of names.filter(Boolean)) {
    const [, amount] = /^cases\s*>=\s*(\d+(?:\.\d+)?)$/.exec(name) ?? [];
    if (name === 'policy') policy = true;
    else if (amount !== undefined) casesFrom = Number(amount);
    else throw new Error(`FOUR_EYES: ${name} is neither policy nor of the form cases>=1000`);
  }
  return { policy, ...(casesFrom === undefined ? {} : { casesFrom }) };
}

/** In a fleet the links of a payment are elsewhere, and a worker has no ledger: never half of what was asked for. */
function scaTra(env: Environment): boolean {
  const isOn = onOff(env, 'SCA_TRA') ?? false;
  if (isOn && env.KAFKA_BROKERS) throw new Error('SCA_TRA: is for one machine');
  return isOn;
}

function kafkaTls(env: Environment): TlsConfig | undefined {
  const { KAFKA_TLS_CA: caFile, KAFKA_TLS_CERT: certFile, KAFKA_TLS_KEY: keyFile } = env;
  const files = { caFile: caFile || undefined, certFile: certFile || undefined, keyFile: keyFile || undefined };
  if (!files.certFile !== !files.keyFile) throw new Error('KAFKA_TLS_CERT: goes together with KAFKA_TLS_KEY');
  const isNamed = Object.values(files).some((file) => file !== undefined);
  const isOn = onOff(env, 'KAFKA_TLS') ?? isNamed;
  if (!isOn && isNamed) throw new Error('KAFKA_TLS: is off, and files for it are named');
  return isOn ? Object.freeze(files) : undefined;
}

function kafkaSasl(env: Environment): SaslConfig | undefined {
  const { KAFKA_SASL_USERNAME: username, KAFKA_SASL_PASSWORD: password } = env;
  if (!username && !password && !env.KAFKA_SASL_MECHANISM) return undefined;
  for (const name of ['KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'])
    if (!env[name]) throw new Error(`${name}: needed for SASL`);
  // A mechanism that is not named would be one that sends the password as it is.
  if (!env.KAFKA_SASL_MECHANISM)
    throw new Error(`KAFKA_SASL_MECHANISM: needed for SASL, one of ${SASL_MECHANISMS.join(', ')}`);
  const mechanism = oneOf(env, 'KAFKA_SASL_MECHANISM', SASL_MECHANISMS, '') as SaslMechanism;
  return Object.freeze({ mechanism, username: username!, password: password! });
}

function registryUrl(env: Environment): string | undefined {
  const url = env.SCHEMA_REGISTRY_URL || undefined;
  if (url && (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)))
    throw new Error('SCHEMA_REGISTRY_URL: needs the form https://user:password@host:port');
  return url;
}

function redisCa(env: Environment, url: string): string | undefined {
  const file = env.REDIS_TLS_CA || undefined;
  if (file && !url.startsWith('rediss:')) throw new Error('REDIS_TLS_CA: is for a REDIS_URL that begins with rediss:');
  return file;
}

const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;

function oneOf(env: Environment, name: string, allowed: readonly string[], fallback: string): string {
  const value = env[name] || fallback;
  if (!allowed.includes(value)) throw new Error(`${name}: ${value} is not one of ${allowed.join(', ')}`);
  return value;
}

function currency(code: string, name: string): string {
  const known = currencyCode(code);
  if (known === undefined) throw new Error(`${name}: ${code} is not an ISO 4217 currency`);
  return known;
}

function databaseUrl(text: string | undefined): string | undefined {
  if (text !== undefined && (!URL.canParse(text) || !/^postgres(ql)?:$/.test(new URL(text).protocol)))
    throw new Error('DATABASE_URL: needs the form postgres://user:password@host:port/database');
  return text;
}

function integer(env: Environment, name: string, fallback: number, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new Error(`${name}: ${text} is not a whole number from ${min} to ${max}`);
  return value;
}

const UNITS = { '': 1, K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;
const MIB = UNITS.M;

/** Bytes: `536870912`, or `512M`, `512MB`, `512MiB`, which are the same; all are powers of 1024. */
function size(env: Environment, name: string, fallback: number, min: number, max = Number.MAX_SAFE_INTEGER): number {
  const text = env[name]?.trim();
  if (text === undefined || text === '') return fallback;
  const [, digits, unit = ''] = /^(\d{1,16})\s*(?:([KMGT])(?:i?B)?|B)?$/i.exec(text) ?? [];
  const value = Number(digits) * UNITS[unit.toUpperCase() as keyof typeof UNITS];
  if (!Number.isSafeInteger(value) || value < min || value > max)
    throw new Error(
      `${name}: ${text} is no size from ${min} to ${max} bytes, such as 512M, 512MB or 2G (powers of 1024)`,
    );
  return value;
}

/** As `size`, where 0 means none. */
function sizeOrNone(env: Environment, name: string, fallback: number, min: number): number {
  return /^\s*0+\s*$/.test(env[name] ?? '') ? 0 : size(env, name, fallback, min);
}

function percentage(env: Environment, name: string, fallback: number): number {
  const text = env[name];
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (text.trim() === '' || !(value >= 0 && value <= 100))
    throw new Error(`${name}: ${text} is not a number from 0 to 100`);
  return value;
}

function onOff(env: Environment, name: string): boolean | undefined {
  const text = env[name];
  if (text === undefined || text === '') return undefined;
  if (text !== 'on' && text !== 'off') throw new Error(`${name}: ${text} is neither on nor off`);
  return text === 'on';
}

/** The midnight (UTC) of a day, milliseconds. */
function day(text: string, name: string): number {
  const time = /^\d{4}-\d\d-\d\d$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(text))
    throw new Error(`${name}: ${text} is not a day such as 2000-01-01`);
  return time;
}

/** Taken as it is written. */
function timeZone(text: string, name: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: text });
  } catch {
    throw new Error(`${name}: there is no time zone ${text}; give UTC, an offset such as +02:00, or Europe/Paris`);
  }
  return text;
}

/** `500ms`, `30s`, `1m`, `2h`, or bare milliseconds. */
function duration(text: string, name: string): number {
  // A number alone would be of nobody knows what.
  const match = /^(\d+)\s*(ms|s|m|h|d)$/.exec(text.trim());
  if (!match || Number(match[1]) === 0) throw new Error(`${name}: ${text} is not a duration such as 30s or 1m`);
  return Number(match[1]) * { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 }[match[2]]!;
}

/** By address: behind a number of hops, or all of them, whoever gets past the proxy could name any address. */
function trustProxy(env: Environment): string | false {
  const text = env.TRUST_PROXY?.trim();
  if (!text || text === 'off') return false;
  const parts = text.split(',').map((part) => part.trim());
  for (const part of parts)
    if (!isAddress(part)) throw new Error(`TRUST_PROXY: ${part} is neither an address nor a network`);
  return parts.join(',');
}

/** An address, a network such as 10.0.0.0/8, or one of the names for those of this machine and of private networks. */
function isAddress(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address, prefix, ...more] = text.split('/');
  const bits = { 0: 0, 4: 32, 6: 128 }[isIP(address)] ?? 0;
  if (bits === 0 || more.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) >= 1 && Number(prefix) <= bits);
}

function identifier(text: string): string {
  if (!/^[a-z_][a-z0-9_]{0,40}$/.test(text))
    throw new Error(`ASSAY_NAMESPACE: ${text} must be lower-case letters, digits and _`);
  return text;
}

/** `a=b,c=d` */
function parsePairs(text: string, name: string): Record<string, string> {
  const pairs: Record<string, string> = {};
  for (const part of text
    .split(',')
    .map((piece) => piece.trim())
    .filter(Boolean)) {
    const at = part.indexOf('=');
    if (at <= 0 || at === part.length - 1) throw new Error(`${name}: ${part} is not name=value`);
    pairs[part.slice(0, at).trim()] = part.slice(at + 1).trim();
  }
  return pairs;
}
