/** Of a file of transactions, in order. */
export const COLUMNS = [
  ...['id', 'createdAt', 'transactionDate', 'userId', 'amount', 'currency'],
  ...['decision', 'score', 'probability', 'status', 'label', 'overridden', 'finalizedAt'],
  ...['merchantId', 'cardId', 'deviceId', 'ip', 'email', 'country', 'customerLocation', 'latitude', 'longitude'],
  ...['type', 'amountBase', 'labelState', 'payeeId', 'cardBin', 'cardLast4', 'cardBrand', 'cardCountry', 'cardFunding'],
  ...['instrument', 'remote', 'initiator', 'mcc'],
  ...['productCategory', 'channel', 'accountAgeDays', 'latencyMs', 'fraudExplanation', 'metadata'],
] as const;
