import { isSlipOf, sameWriting } from './nearest.ts';

/** Every variable of the environment that is Assay's own; those of other tools (`AWS_…`, `OTEL_…`, `NODE_…`) are not. */
export const SETTINGS: readonly string[] = `
  HOST PORT DATABASE_URL DATABASE_POOL API_KEY BASE_CURRENCY CURRENCY_RATES RATES_FILE RATES_MAX_AGE_DAYS TRANSACTION_MIN_DATE
  ASSAY_DATA_DIR ASSAY_NAMESPACE ASSAY_ENTITIES ASSAY_SCHEMA ASSAY_MODEL_DIR ASSAY_DASHBOARD_DIR ASSAY_STATELESS_MODELS
  ASSAY_DEMO ASSAY_THREADS ASSAY_URL ASSAY_KEY MODEL_PATH MODEL_VERSION FRAUD_THRESHOLD CARD_NUMBERS CARD_KEY_FILE ISO8583_MAP
  IPV6_PREFIX RATE_LIMIT_MAX RATE_LIMIT_WINDOW CORS_ORIGINS TRUST_PROXY KEEP_ALIVE_MS MAX_CONNECTIONS ADMIT_WAITING
  ADMIT_DELAY_MS READ_WAIT_MS DRAIN_DELAY_MS SENTRY_DSN LOG_LEVEL SNAPSHOT_EVERY_RECORDS JOURNAL_SEGMENT_BYTES JOURNAL_FORMAT
  JOURNAL_RETENTION_DAYS JOURNAL_MIRROR JOURNAL_MIRROR_EVERY JOURNAL_MIRROR_MAX_LAG JOURNAL_SCRUB_RATE JOURNAL_WITHOUT_BASE
  PROFILE_MEMORY PROFILE_TTL_DAYS DISK_RESERVE RETENTION_DAYS LABEL_MATURITY_DAYS LINK_HUB CASE_WINDOW CASE_HUB CASE_SLA
  CASE_HOURS CASE_TIME_ZONE CASE_REASONS FOUR_EYES LEDGER_TIME_ZONE SCA_TRA REVIEW_EXPIRES REVIEW_EXPIRES_ACTION
  KAFKA_BROKERS KAFKA_PARTITIONS KAFKA_REPLICATION KAFKA_MIN_INSYNC KAFKA_RETENTION_DAYS KAFKA_TLS KAFKA_TLS_CA KAFKA_TLS_CERT
  KAFKA_TLS_KEY KAFKA_SASL_MECHANISM KAFKA_SASL_USERNAME KAFKA_SASL_PASSWORD REDIS_URL REDIS_TLS_CA REDIS_DEADLINE_MS
  RAW_FORMAT RAW_SNAPSHOT RAW_RETENTION_DAYS SCHEMA_REGISTRY_URL WORKER_CONCURRENCY ID_TTL_DAYS
  WEBHOOK_PRIVATE_ADDRESSES WEBHOOK_TIMEOUT_MS WEBHOOK_RETRY_MS CONVEX_URL CONVEX_DEPLOY_KEY CONVEX_TIMEOUT_MS
  CONVEX_MAX_LAG_SECONDS LLM_URL LLM_MODEL_PATH LLM_MODEL LLM_API_KEY LLM_NARRATE LLM_LIBRARY LLM_CONTEXT LLM_MAX_TOKENS
  LLM_THREADS LLM_CONCURRENCY LLM_PER_MINUTE LLM_TIMEOUT_MS LLM_SEND_PERSONAL
`
  .trim()
  .split(/\s+/);

/** Kubernetes sets these for every service of a namespace, such as one that is named `assay` or `database`. */
const OF_SERVICES = /_SERVICE_(HOST|PORT)|_PORT(_|$)/;

/**
 * What is set under a name that is none of these and was probably meant as one: each in a sentence. Names without an underscore, and
 * those whose right spelling is set beside them, are others' own.
 */
export function misspeltSettings(env: Readonly<Record<string, string | undefined>>): string[] {
  const known = new Set(SETTINGS);
  const strange = Object.keys(env).filter(
    (name) => name.includes('_') && !known.has(name) && env[name] !== '' && !OF_SERVICES.test(name),
  );
  return strange.flatMap((name) => {
    const meant =
      SETTINGS.find((setting) => sameWriting(name, setting)) ??
      SETTINGS.find((setting) => setting.includes('_') && isSlipOf(name, setting));
    if (meant !== undefined && env[meant]) return [];
    if (meant !== undefined) return [`${name} is set, and is no setting: ${meant} is.`];
    return /^ASSAY_[A-Z]/.test(name) ? [`${name} is set, and is no setting.`] : [];
  });
}
