import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';
import { PageHeader } from '../../ui/bits.tsx';
import { buttonClass } from '../../ui/button.tsx';
import { Absences } from './absences.tsx';
import { Outcomes } from './outcomes.tsx';
import { Queues } from './queues.tsx';
import { Templates } from './templates.tsx';

/** How a team shares its cases: queues, who is away, what cases turned out to be, templates of notes. */
export function Team() {
  return (
    <>
      <PageHeader title="Team" note="How cases are shared out, and what they turned out to be">
        <Link to="/queue" className={buttonClass()}>
          <ArrowLeft className="size-3.5" /> Review queue
        </Link>
      </PageHeader>
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.7fr)_minmax(20rem,1fr)]">
        <div className="grid min-w-0 gap-4">
          <Queues />
          <Outcomes />
        </div>
        <div className="grid min-w-0 gap-4">
          <Absences />
          <Templates />
        </div>
      </div>
    </>
  );
}
