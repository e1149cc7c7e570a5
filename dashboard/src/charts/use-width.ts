import { type RefObject, useLayoutEffect, useRef, useState } from 'react';

/** The width that a chart has, in pixels, so that its text never stretches. */
export function useWidth<T extends HTMLElement>(fallback = 600): [RefObject<T | null>, number] {
  const ref = useRef<T>(null);
  const [width, setWidth] = useState(fallback);
  // Before the first picture: at the fallback it might be wider than the page.
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = (width: number) => setWidth(Math.max(120, Math.round(width)));
    measure(element.clientWidth);
    const observer = new ResizeObserver(([entry]) => measure(entry.contentRect.width));
    observer.observe(element);
    return () => observer.disconnect();
  }, []);
  return [ref, width];
}
