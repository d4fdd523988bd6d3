/** Lets at most `limit` pieces of work run at once; those that wait go in the order they came. */
export function createGate(limit: number): {
  enter(): Promise<void>;
  leave(): void;
} {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return {
    enter: () => {
      if (inside < limit) {
        inside++;
        return Promise.resolve();
      }
      return new Promise((resolve) => waiting.push(resolve));
    },
    leave: () => {
      const next = waiting.shift();
      if (next) next();
      else inside--;
    },
  };
}
