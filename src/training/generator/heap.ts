/** Things that happen later, earliest first; of equal times the one that was pushed first. */
export interface Queue<T extends { time: number }> {
  readonly size: number;
  push(item: T): void;
  peek(): T | undefined;
  pop(): T | undefined;
}

/** A binary heap with a hard bound: a generator that plans too far ahead is a bug, not a slow leak. */
export function createQueue<T extends { time: number }>(bound: number): Queue<T> {
  const items: T[] = [];
  const orders: number[] = [];
  let pushed = 0;
  const before = (i: number, j: number) =>
    items[i].time < items[j].time || (items[i].time === items[j].time && orders[i] < orders[j]);
  const swap = (i: number, j: number) => {
    const item = items[i];
    const order = orders[i];
    items[i] = items[j];
    orders[i] = orders[j];
    items[j] = item;
    orders[j] = order;
  };
  const sink = () => {
    for (let i = 0; ; ) {
      let least = 2 * i + 1;
      if (least >= items.length) return;
      if (least + 1 < items.length && before(least + 1, least)) least++;
      if (!before(least, i)) return;
      swap(i, least);
      i = least;
    }
  };
  return {
    get size() {
      return items.length;
    },
    push(item) {
      if (items.length >= bound) throw new Error(`more than ${bound} payments are planned ahead`);
      let i = items.push(item) - 1;
      orders.push(pushed++);
      for (; i > 0; ) {
        const parent = (i - 1) >> 1;
        if (!before(i, parent)) break;
        swap(i, parent);
        i = parent;
      }
    },
    peek: () => items[0],
    pop() {
      if (items.length === 0) return undefined;
      swap(0, items.length - 1);
      orders.pop();
      const item = items.pop();
      sink();
      return item;
    },
  };
}
