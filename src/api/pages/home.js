const $ = (id) => document.getElementById(id);

/** An element with a class and text; text never becomes markup. */
function make(tag, className, text) {
  const element = document.createElement(tag);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
}

async function showState() {
  try {
    const health = await (await fetch('/health')).json();
    $('status').textContent = health.status;
    $('status').className = { healthy: 'approve', degraded: 'review' }[health.status] ?? 'decline';
    $('model').textContent = health.model_loaded
      ? (health.model ?? 'loaded').slice(0, 24)
      : 'none: decisions lack a score';
    $('journal').textContent = health.journal;
    $('database').textContent = health.database;
  } catch {
    $('status').textContent = 'not reachable';
    $('status').className = 'decline';
  }
}

function showCurl() {
  const body = JSON.stringify({ userId: 'auth0|12345', amount: 100.5, currency: 'USD', cardId: 'card_9' });
  $('curl').textContent =
    `curl -s ${location.origin}/api/transactions \\\n  -H 'content-type: application/json' \\\n  -d '${body}'`;
}

function showDecision(answer) {
  const verdict = make('p', 'verdict');
  verdict.append(
    make('b', answer.decision, answer.decision),
    make('span', '', `${(100 * answer.probability).toFixed(2)}% probability of fraud, score ${answer.score}`),
  );
  const reasons = make('ul');
  for (const reason of answer.reasons) {
    const row = make('li');
    const sign = reason.contribution > 0 ? '+' : '';
    row.append(
      make('span', '', reason.message),
      make('span', reason.contribution > 0 ? 'decline' : 'approve', sign + reason.contribution.toFixed(2)),
    );
    reasons.append(row);
  }
  const parts = [verdict, make('p', '', answer.fraudExplanation)];
  if (answer.reasons.length > 0)
    parts.push(reasons, make('p', 'small', 'Contributions in log-odds: above zero speaks for fraud.'));
  for (const warning of answer.warnings ?? []) parts.push(make('p', 'review', warning));
  parts.push(
    make('p', 'small', `Decided in ${answer.latencyMs} ms${answer.id ? `, kept as ${answer.id}` : ', not kept'}`),
  );
  $('result').replaceChildren(...parts);
}

function showProblem(title, detail) {
  $('result').replaceChildren(make('p', 'error', title), make('p', '', detail));
}

$('form').addEventListener('submit', async (event) => {
  event.preventDefault();
  const fields = Object.fromEntries(new FormData(event.target));
  const { key, amount, ...rest } = fields;
  const body = { amount: Number(amount) };
  for (const [name, value] of Object.entries(rest)) if (value !== '') body[name] = value;
  const path = event.submitter?.value === 'no' ? '/score' : '/api/transactions';
  const buttons = event.target.querySelectorAll('button');
  for (const button of buttons) button.disabled = true;
  try {
    const headers = { 'content-type': 'application/json', ...(key ? { 'x-api-key': key } : {}) };
    const response = await fetch(path, { method: 'POST', headers, body: JSON.stringify(body) });
    const answer = await response.json();
    if (response.ok) showDecision(answer);
    else showProblem(answer.title, answer.detail);
  } catch {
    showProblem('The server did not answer', 'Is it still running?');
  } finally {
    for (const button of buttons) button.disabled = false;
  }
});

/** A first start builds the dashboard while this page stands in for it. Nothing that was typed is taken away. */
async function giveWay() {
  const page = await fetch('/').then((response) => (response.ok ? response.text() : ''));
  if (page === '' || page.includes('/assets/home.js')) return;
  clearInterval(looking);
  if (!touched) location.reload();
}

let touched = false;
$('form').addEventListener('input', () => {
  touched = true;
});
const looking = setInterval(() => giveWay().catch(() => {}), 1_500);
setTimeout(() => clearInterval(looking), 120_000);

showState();
showCurl();
setInterval(showState, 10_000);
