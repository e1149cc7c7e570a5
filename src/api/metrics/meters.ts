import { Counter, Gauge, type Registry } from 'prom-client';

/** Figures that something else keeps, looked at when they are asked for. */
export interface Meters {
  gauge(name: string, help: string, read: () => number): void;
  counter(name: string, help: string, read: () => number): void;
  /** One figure a value of a label; the values are few and known beforehand. */
  gauges(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void;
  counters(name: string, help: string, label: string, read: () => Readonly<Record<string, number>>): void;
}

export function createMeters(registry: Registry): Meters {
  const registers = [registry];
  const gauges: Meters['gauges'] = (name, help, label, read) => {
    new Gauge({
      ...{ name, help, registers, labelNames: [label] },
      collect() {
        this.reset();
        for (const [value, figure] of Object.entries(read())) this.set({ [label]: value }, figure);
      },
    });
  };
  const counters: Meters['counters'] = (name, help, label, read) => {
    new Counter({
      ...{ name, help, registers, labelNames: [label] },
      collect() {
        this.reset();
        for (const [value, figure] of Object.entries(read())) this.inc({ [label]: value }, figure);
      },
    });
  };
  return {
    gauges,
    counters,
    gauge(name, help, read) {
      new Gauge({
        ...{ name, help, registers },
        collect() {
          this.set(read());
        },
      });
    },
    counter(name, help, read) {
      new Counter({
        ...{ name, help, registers },
        collect() {
          this.reset();
          this.inc(read());
        },
      });
    },
  };
}
