// What a browser of 2021 lacks of what the pages and their libraries call; imported before all else.
// Each is made only where it is missing, and does what the standard says for the calls that are made.

type Order<T> = (a: T, b: T) => number;
type Fits<T> = (item: T) => unknown;

function add(place: object, name: string, method: unknown): void {
  if (name in place) return;
  Object.defineProperty(place, name, { value: method, writable: true, configurable: true });
}

function at<T>(this: ArrayLike<T>, index: number): T | undefined {
  const place = Math.trunc(index) || 0;
  return this[place < 0 ? this.length + place : place];
}

for (const place of [Array.prototype, String.prototype, Uint8Array.prototype]) add(place, 'at', at);

add(Object, 'hasOwn', (thing: object, key: PropertyKey) =>
  Object.prototype.hasOwnProperty.call(thing, key),
);

add(Array.prototype, 'toReversed', function toReversed<T>(this: T[]): T[] {
  return [...this].reverse();
});
add(Array.prototype, 'toSorted', function toSorted<T>(this: T[], order?: Order<T>): T[] {
  return [...this].sort(order);
});
add(Array.prototype, 'findLast', function findLast<T>(this: T[], fits: Fits<T>): T | undefined {
  return [...this].reverse().find((item) => fits(item));
});
