import { PageHeader } from '../../ui/bits.tsx';
import { PaymentForm } from './payment-form.tsx';
import { StreamPanel } from './stream-panel.tsx';

export function TryIt() {
  return (
    <>
      <PageHeader title="Try it" note="What is sent here is real to this server: decided, kept and learnt from." />
      <div className="grid items-start gap-4 xl:grid-cols-[minmax(0,1.9fr)_minmax(20rem,1fr)]">
        <PaymentForm />
        <StreamPanel />
      </div>
    </>
  );
}
