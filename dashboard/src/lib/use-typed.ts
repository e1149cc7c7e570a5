import { useEffect, useRef, useState } from 'react';

const AFTER_MS = 250;

/** The text of a search box, told on once it has stood still; `known` is what was told last, as the address has it. */
export function useTyped(known: string, tell: (text: string) => void): [string, (text: string) => void] {
  const [text, setText] = useState(known);
  const latest = useRef(tell);
  latest.current = tell;
  useEffect(() => {
    const timer = setTimeout(() => {
      if (text !== known) latest.current(text);
    }, AFTER_MS);
    return () => clearTimeout(timer);
  }, [text, known]);
  return [text, setText];
}
