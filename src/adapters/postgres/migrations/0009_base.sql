-- Hundredths of the base currency; null where the payment has an amount and no rate. The version before leaves it null too: what
-- it wrote in the base currency is known by `amount_minor`.
ALTER TABLE {schema}.transactions ADD COLUMN base_minor bigint;
