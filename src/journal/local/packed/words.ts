/**
 * What packed parts of records name instead of holding it. On disk by place: words and shapes are only added, at the end; sentences are
 * never changed, for copies are counted from their end.
 */

/** Names and values of JSON. The first 128 take one byte each. */
export const WORDS: readonly string[] = `
code value contribution message decision transaction id userId type amount amountMinor currency amountBase baseRate
time offsetMinutes dated receivedAt warnings cardId deviceId merchantId country productCategory channel entities named
network mailbox location bodyHash score probability isFraudulent fraudExplanation reasons rules model name version
oodWarning policyVersion decidedBy latencyMs readSet ip email latitude longitude joining windowMs hubs payment USD EUR
GBP web transactions approve review decline US user card device accountAgeDays metadata merchantName ruleVector
ruleSchema ruleApproximate by rule app pos api mobile device_users_7d device_cards_24h card_merchants_1h
network_users_24h network_cards_1h network_users_1h network_count_1h network_count_24h merchant_count_1h
user_speed_kmh device_users_24h user_devices_24h device_cards_10m device_cards_1h device_cards_7d card_merchants_24h
device_count_10m device_count_1h user_sum_24h device_known_days device_count_24h user_count_10m user_count_1h
user_devices_30d user_distance_from_usual_km user_count_24h merchant_count_24h card_count_10m card_count_1h
card_count_24h user_count_7d user_since_last card_sum_24h user_sum_7d device_since_last card_count_7d category_risk
user_count_30d mailbox_total user_total merchant_amount_deviations merchant_fraud_share_30d_delay_7d card_total
user_new_network user_new_merchant Electronics Groceries Travel Fashion CA DE customerLocation transactionDate payeeId
cardBin cardLast4 cardBrand cardCountry cardFunding instrument remote initiator mcc amount_below_round amount_small
hour weekday night account_age_days channel_risk country_risk ip_count_10m ip_count_1h ip_count_24h
user_amount_deviations user_amount_to_median user_amount_to_max card_amount_to_median user_far_above_10 user_cards_24h
user_cards_30d ip_users_1h ip_users_24h ip_cards_1h ip_cards_24h card_users_30d user_new_device user_new_card
user_new_country user_new_location card_since_last device_total email_total user_frauds_30d card_frauds_30d
device_frauds_30d ip_frauds_30d merchant_fraud_share_7d merchant_fraud_share_30d email_fraud_share_30d user_refused_1h
user_refused_24h card_refused_1h card_refused_24h device_refused_1h device_refused_24h ip_refused_1h
network_refused_1h bin_refused_1h device_refused_share_24h bin_refused_share_24h merchant_refused_share_24h
mailbox_users_30d bin_cards_1h bin_cards_24h payee_count_24h payee_users_24h payee_users_30d user_new_payee
payee_total network_frauds_30d mailbox_frauds_30d payee_frauds_30d bin_fraud_share_30d transactionId error labelId
label source rank pinned note occurredAt reasonCode caseId round undoes event disputeId kind scheme reportedAt status
eventId action expired series level at since psi distance mean missing sigmas override reason awaits hours resolution
except changes keyId previous steps minutes entity upload part parts bytes scopes secretHash prefix webhookId url
types description seq thresholds control secret restores data personal tempId createdAt login registration payout GB
FR IN BR MX JP CNY JPY INR BRL CAD AUD CHF fraud legitimate none chargeback analyst strong lists open resolved effect
clauses enforced online moto degraded suppressed shadow merchant bin payee
`
  .trim()
  .split(/\s+/);

/** Names that objects begin with that are written often, in their order. */
export const SHAPES: readonly (readonly string[])[] = [
  ['code', 'value', 'contribution', 'message'],
  ['name', 'version'],
  ['windowMs'],
  [
    ...['id', 'userId', 'type', 'amount', 'amountMinor', 'currency', 'amountBase', 'baseRate', 'time', 'offsetMinutes'],
    ...['dated', 'receivedAt', 'warnings'],
  ],
  ['transaction', 'entities', 'named', 'location', 'bodyHash', 'decision', 'latencyMs', 'readSet'],
  [
    ...[
      'decision',
      'score',
      'probability',
      'isFraudulent',
      'fraudExplanation',
      'reasons',
      'rules',
      'model',
      'oodWarning',
    ],
    ...['policyVersion', 'decidedBy'],
  ],
];

/** What reasons and explanations are made of, those that are met most often last. ASCII. */
export const SENTENCES = `
there is no amount, or no rate into the base currency
the amount is $3 (usually $3)
the amount is $3 which is usual
the amount is $3 under a multiple of 50 (usually $3)
the amount is $3 under a multiple of 50, which is usual
not a very small amount
a very small amount, as used to try out cards
hour is not known
made between 00:00 and 01:00 local time
made between 01:00 and 02:00 local time
made between 03:00 and 04:00 local time
made between 0.4:00 and 1.4:00 local time
weekday is not known
made on a Monday
made on a Tuesday
made on a Thursday
made in the daytime
the age of the account is not given
the account is 0 seconds old (usually 1 day)
the account is 1 day old, which is usual
the account is 3 days old (usually 1 day)
the account is 9.6 hours old (usually 1 day)
no category is given
50% of the payments of this category were fraud in training (usually 73%)
73% of the payments of this category were fraud in training, which is usual
no channel is given
50% of the payments of this channel were fraud in training (usually 73%)
no country is given
50% of the payments of this country were fraud in training (usually 73%)
it is a transaction
no user is given
0 payments by this user in the last 10 minutes (usually 1)
1 payment by this user in the last 10 minutes, which is usual
0 payments by this user in the last hour (usually 1)
1 payment by this user in the last hour, which is usual
0 payments by this user in the last 24 hours (usually 1)
1 payment by this user in the last 24 hours, which is usual
0 payments by this user in the last 7 days (usually 1)
1 payment by this user in the last 7 days, which is usual
0 payments by this user in the last 30 days (usually 1)
$3 paid by this user in the last 24 hours (usually $3)
no card is given
0 payments with this card in the last 10 minutes (usually 1)
1 payment with this card in the last 10 minutes, which is usual
$3 paid with this card in the last 24 hours (usually $3)
no device is given
0 payments on this device in the last 10 minutes (usually 1)
1 payment on this device in the last 10 minutes, which is usual
no network address is given
0 payments from this network address in the last 10 minutes (usually 1)
1 payment from this network address in the last 10 minutes, which is usual
no merchant is given
0 payments at this merchant in the last hour (usually 1)
1 payment at this merchant in the last hour, which is usual
no earlier payments by this user to compare with
the amount is 0 standard deviations above the average by this user
the amount is 1 standard deviations above the average by this user
the amount is 3 standard deviations above the average by this user
the amount is 0.4 standard deviations above the average by this user
the amount is 0 times the typical payment by this user (usually 1)
the amount is 1 times the typical payment by this user, which is usual
the amount is 3 times the typical payment by this user (usually 1)
the amount is 0.4 times the typical payment by this user (usually 1)
the amount is 0 times the largest recent payment by this user (usually 1)
no earlier payments with this card to compare with
the amount is 0 times the typical payment with this card (usually 1)
the amount is 1 times the typical payment with this card, which is usual
no earlier payments at this merchant to compare with
the amount is 0 standard deviations above the average at this merchant
0 of the payments by this user among the last 10 were over 3 times the typical one (usually 1)
1 of the payments by this user among the last 10 was over 3 times the typical one, which is usual
no device or no card is given
3 different cards on this device in the last 10 minutes (usually 1)
3 different users on this device in the last 24 hours (usually 1)
no user or no device is given
0 devices used by this user in the last 24 hours (usually 1)
1 device used by this user in the last 24 hours, which is usual
3 different devices used by this user in the last 24 hours (usually 1)
3 different cards used by this user in the last 24 hours (usually 1)
1 card used by this user in the last 30 days, which is usual
no network address or no user is given
3 different users from this network address in the last hour (usually 1)
3 different cards from this network address in the last hour (usually 1)
no card or no merchant is given
0 merchants paid with this card in the last hour (usually 1)
1 merchant paid with this card in the last hour, which is usual
3 different merchants paid with this card in the last hour (usually 1)
3 different users with this card in the last 30 days (usually 1)
this user has been seen with this merchant before
the first time this user is seen with this merchant
this user has been seen with this device before
this user has been seen with this country before
no user or no place is given
this user has been seen with this place before
0 seconds since the last payment by this user (usually 1 second)
1 second since the last payment by this user, which is usual
no earlier payments on this device to compare with
0 seconds since the last payment on this device (usually 1 second)
1 second since the last payment on this device, which is usual
this device was never seen before (usually 1 day)
this device was first seen 1 day ago, which is usual
this device was first seen 3 days ago (usually 1 day)
this device was first seen 9.6 hours ago (usually 1 day)
no earlier place of this user to compare with
0 km/h would be needed to get here since the last payment (usually 1 km/h)
1 km/h would be needed to get here since the last payment, which is usual
0 km from the nearest place where this user paid recently (usually 1 km)
1 km from the nearest place where this user paid recently, which is usual
no e-mail domain is given
the first payment from this e-mail domain (usually 1)
1 earlier payment from this e-mail domain, which is usual
0 confirmed frauds by this user in the last 30 days (usually 1)
1 confirmed fraud by this user in the last 30 days, which is usual
0 confirmed frauds with this card in the last 30 days (usually 1)
1 confirmed fraud with this card in the last 30 days, which is usual
1 confirmed fraud on this device in the last 30 days, which is usual
3 confirmed frauds on this device in the last 30 days (usually 1)
1 confirmed fraud from this network address in the last 30 days, which is usual
0.4 confirmed frauds from this network address in the last 30 days (usually 1)
0% of payments at this merchant in the last 7 days were confirmed as fraud (usually 100%)
100% of payments at this merchant in the last 7 days were confirmed as fraud, which is usual
0% of payments at this merchant in the 30 days up to 7 days ago were confirmed as fraud (usually 100%)
no earlier payments from this e-mail domain to compare with
0% of payments from this e-mail domain in the last 30 days were confirmed as fraud (usually 100%)
0 payments by this user in the last hour were refused by the issuer (usually 1)
1 payment by this user in the last hour was refused by the issuer, which is usual
0 payments by this user in the last 24 hours were refused by the issuer (usually 1)
1 payment by this user in the last 24 hours was refused by the issuer, which is usual
no network is given
0 payments from this network in the last hour were refused by the issuer (usually 1)
0 payments of this BIN in the last hour were refused by the issuer (usually 1)
1 payment of this BIN in the last hour was refused by the issuer, which is usual
no earlier payments of this BIN to compare with
no network or no user is given
no mailbox or no user is given
0 users from this mailbox in the last 30 days (usually 1)
0.4 cards of this BIN in the last hour (usually 1)
no payee is given
0 payments to this payee in the last 24 hours (usually 1)
1 payment to this payee in the last 24 hours, which is usual
no payee or no user is given
0 users who paid this payee in the last 24 hours (usually 1)
this user has been seen with this network before
this user has been seen with this payee before
no mailbox is given
the first payment from this mailbox (usually 1)
1 earlier payment from this mailbox, which is usual
the first payment to this payee (usually 1)
1 earlier payment to this payee, which is usual
0 confirmed frauds to this payee in the last 30 days (usually 1)
1 confirmed fraud to this payee in the last 30 days, which is usual
Approved to learn from: it would have been declined, and was drawn for the control share.
Sent to review by rule 
Declined by rule 
Approved by rule 
. The model's risk of fraud is 
@example.com
Sent to review: the risk of fraud is 5
Declined: the risk of fraud is 95%. 
Approved: the risk of fraud is less than 1%. There were 2, and there were 2 
The amount is 
`.trim();
