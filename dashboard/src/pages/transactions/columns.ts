/** Of a file of transactions, in order. */
export const COLUMNS = [
  ...['id', 'createdAt', 'transactionDate', 'userId', 'amount', 'currency'],
  ...['decision', 'score', 'probability', 'status', 'label', 'overridden', 'finalizedAt'],
  ...['merchantId', 'cardId', 'deviceId', 'ip', 'email', 'country', 'customerLocation', 'latitude', 'longitude'],
  ...['productCategory', 'channel', 'accountAgeDays', 'latencyMs', 'fraudExplanation', 'metadata'],
] as const;
