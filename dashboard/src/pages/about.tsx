import { SHORTCUTS } from '../shell/shortcuts.tsx';
import { Kbd, PageHeader, Panel } from '../ui/bits.tsx';

const LINKS = [
  ['/docs', 'API reference', 'Every endpoint, with its schemas'],
  ['/openapi.json', 'OpenAPI document', 'For code generators'],
  ['/metrics', 'Metrics', 'For Prometheus'],
  ['/health', 'Health', 'For load balancers'],
] as const;

const WORDS = [
  ['Decision', 'approve, review or decline, made once when the payment arrives and never changed.'],
  ['Score', '100 × the calibrated probability of fraud: of payments that score 30, about 30 in 100 are fraud.'],
  ['Reason', 'one feature and how far it moved the score, in log-odds. All of them and the start add up to the score.'],
  ['Label', 'what a payment turned out to be, by whom. A pin counts first, then the scheme, an analyst, the customer.'],
  [
    'Truth',
    'confirmed by a label, presumed after an undisputed while, unknown yet, or never known where it was stopped.',
  ],
  ['Review', 'what happens to a payment that is held: released or cancelled. It says nothing of whether it was fraud.'],
  ['Finalized', 'the payment went through. A declined one only by an override, with its reason.'],
  ['Blocked', 'declined and not overridden.'],
] as const;

export function About() {
  return (
    <>
      <PageHeader title="About Assay" note="To assay: to test what a coin is truly made of." />
      <div className="grid items-start gap-4 lg:grid-cols-2">
        <Panel title="Words">
          <dl className="grid gap-2.5">
            {WORDS.map(([word, means]) => (
              <div key={word} className="grid grid-cols-[5.5rem_minmax(0,1fr)] gap-x-3">
                <dt className="font-medium">{word}</dt>
                <dd className="text-muted text-pretty">{means}</dd>
              </div>
            ))}
          </dl>
        </Panel>
        <Panel title="For engineers">
          <ul>
            {LINKS.map(([href, name, note]) => (
              <li key={href} className="border-line not-first:border-t">
                <a
                  href={href}
                  className="-mx-2 flex flex-wrap items-baseline gap-x-3 rounded-md px-2 py-2 hover:bg-sunken"
                >
                  <span className="font-medium">{name}</span>
                  <span className="text-muted">{note}</span>
                  <span className="id ml-auto text-muted">{href}</span>
                </a>
              </li>
            ))}
          </ul>
        </Panel>
        <Panel title="Keyboard" className="lg:col-span-2">
          <div className="grid gap-6 md:grid-cols-3">
            {SHORTCUTS.map(({ title, keys }) => (
              <section key={title}>
                <h3 className="mb-2 text-xs font-medium text-muted">{title}</h3>
                <dl className="grid grid-cols-[4.5rem_1fr] items-center gap-y-1.5">
                  {keys.map(([key, does]) => (
                    <div key={key} className="contents">
                      <dt>
                        <Kbd>{key}</Kbd>
                      </dt>
                      <dd>{does}</dd>
                    </div>
                  ))}
                </dl>
              </section>
            ))}
          </div>
        </Panel>
      </div>
    </>
  );
}
