/**
 * Domains of the best-known services of addresses that are thrown away, as these services themselves offer them. A beginning:
 * the list of the project disposable-email-domains (github.com/disposable-email-domains) has thousands, and can be imported as CSV.
 */
export const DISPOSABLE_DOMAINS: readonly string[] = [
  ...['10minutemail.com', 'dispostable.com', 'getairmail.com', 'getnada.com', 'grr.la', 'guerrillamail.biz'],
  ...['guerrillamail.com', 'guerrillamail.de', 'guerrillamail.info', 'guerrillamail.net', 'guerrillamail.org'],
  ...['guerrillamailblock.com', 'maildrop.cc', 'mailinator.com', 'mailnesia.com', 'mintemail.com', 'mohmal.com'],
  ...[
    'sharklasers.com',
    'spam4.me',
    'temp-mail.org',
    'throwawaymail.com',
    'trashmail.com',
    'yopmail.com',
    'yopmail.fr',
  ],
];
