// Loaded before Assay by NODE_OPTIONS="--import ./deploy/opentelemetry.mjs", where @opentelemetry/sdk-node is installed: sends
// traces to OTEL_EXPORTER_OTLP_ENDPOINT. What else it does, the SDK's own OTEL_… variables say.
import { NodeSDK } from '@opentelemetry/sdk-node';

const sdk = new NodeSDK({ serviceName: process.env.OTEL_SERVICE_NAME ?? 'assay' });
sdk.start();
process.once('beforeExit', () => sdk.shutdown());
