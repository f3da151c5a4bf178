import { type ComponentProps, useId } from 'react';

type Props = Omit<ComponentProps<'input'>, 'onChange'> & {
  readonly title: string;
  readonly onText: (text: string) => void;
  /** Error message; `undefined` if valid. */
  readonly fault?: string | undefined;
};

/** A text field that announces its error to screen readers too. */
export function TextField({ title, onText, fault, ...input }: Props) {
  const faultId = useId();
  return (
    <div className="field">
      <label>
        <span>{title}</span>
        <input
          autoComplete="off"
          {...input}
          aria-invalid={fault !== undefined}
          aria-describedby={fault === undefined ? undefined : faultId}
          onChange={({ target }) => onText(target.value)}
        />
      </label>
      {fault !== undefined && (
        <span id={faultId} className="field-fault">
          {fault}
        </span>
      )}
    </div>
  );
}
