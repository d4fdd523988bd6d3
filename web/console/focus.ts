/** A ref that gives the keys to a field when it appears: whoever asked for it is about to type. */
export function focusIt(field: HTMLElement | null): void {
  field?.focus();
}

/** The same for the first button inside a place. */
export function focusButton(place: HTMLElement | null): void {
  place?.querySelector<HTMLElement>('button')?.focus();
}
