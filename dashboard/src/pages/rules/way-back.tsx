import { Link } from '@tanstack/react-router';
import { ArrowLeft } from 'lucide-react';

export function WayBack() {
  return (
    <nav aria-label="Way back" className="mb-3">
      <Link to="/rules" className="inline-flex items-center gap-1.5 text-xs font-medium text-muted hover:text-ink">
        <ArrowLeft className="size-3.5" /> Rules
      </Link>
    </nav>
  );
}
