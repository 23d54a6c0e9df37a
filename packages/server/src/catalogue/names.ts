import type { Word } from './definitions.ts';
import { type Faults, quote } from './faults.ts';

/** How the names of a catalogue look. */
const forms = {
  service: {
    form: /^[a-z][a-z0-9-]{1,39}$/,
    words: 'the name of a service has 2 to 40 small letters, digits and hyphens, the first of them a letter',
  },
  part: {
    form: /^[a-z][a-z0-9_]{0,62}$/,
    words: 'the name has 1 to 63 small letters, digits and underscores, the first of them a letter',
  },
  set: {
    form: /^[A-Z][A-Za-z0-9]{2,63}$/,
    words: 'the name of a permission set has 3 to 64 letters and digits, the first of them a capital',
  },
} as const;

export function checkName(kind: keyof typeof forms, { text, line }: Word, thing: string, faults: Faults): void {
  const { form, words } = forms[kind];
  if (!form.test(text)) faults.add(line, thing, `${quote(text)} is no name here: ${words}`);
}

/** `service:resource:action`, where `*` may stand for any one part. */
export function isPattern(text: string): boolean {
  const [service = '', ...parts] = text.split(':');
  return (
    parts.length === 2 &&
    (service === '*' || forms.service.form.test(service)) &&
    parts.every((part) => part === '*' || forms.part.form.test(part))
  );
}
