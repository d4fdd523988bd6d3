import type { ReactElement } from 'react';
import { Field } from '../shared/ui.tsx';

/** A labelled choice of one. */
export function ReferralSelect<Value extends string>(props: {
  label: string;
  value: Value;
  onChange: (value: Value) => void;
  options: readonly (readonly [Value, string])[];
}): ReactElement {
  return (
    <Field
      label={props.label}
      control={(ties) => (
        <select
          {...ties}
          value={props.value}
          onChange={(event) => props.onChange(event.target.value as Value)}
        >
          {props.options.map(([value, text]) => (
            <option key={value} value={value}>
              {text}
            </option>
          ))}
        </select>
      )}
    />
  );
}
