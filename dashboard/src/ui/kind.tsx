import {
  AtSign,
  Banknote,
  Boxes,
  CreditCard,
  Globe,
  Hash,
  ListChecks,
  type LucideIcon,
  MessageSquareText,
  Network,
  Receipt,
  Smartphone,
  Store,
  User,
} from 'lucide-react';

const KINDS: Record<string, [icon: LucideIcon, word: string]> = {
  device: [Smartphone, 'Device'],
  card: [CreditCard, 'Card'],
  ip: [Globe, 'IP'],
  user: [User, 'User'],
  network: [Network, 'Network'],
  merchant: [Store, 'Merchant'],
  email: [AtSign, 'E-mail domain'],
  mailbox: [AtSign, 'Mailbox'],
  payee: [Banknote, 'Payee'],
  bin: [Hash, 'BIN'],
  transaction: [Receipt, 'Payment'],
  case: [ListChecks, 'Case'],
  note: [MessageSquareText, 'Note'],
};

/** "Device": what something is; of a type that a configuration adds, its name. */
export const kindWord = (kind: string): string => KINDS[kind]?.[1] ?? kind.charAt(0).toUpperCase() + kind.slice(1);

export function KindIcon({ kind, className = 'size-4' }: { kind: string; className?: string }) {
  const Icon = KINDS[kind]?.[0] ?? Boxes;
  return <Icon className={`shrink-0 text-muted ${className}`} aria-hidden="true" />;
}
