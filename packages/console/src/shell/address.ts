import { useNavigate, useParams, useSearch } from '@tanstack/react-router';

/** What the address of a page says; anybody may have written it, so nothing of it is taken for granted. */
export interface Address {
  /** Empty where it says nothing. */
  text(name: string): string;
  /** One or several; none where it says nothing. */
  texts(name: string): readonly string[];
  number(name: string, fallback: number): number;
  flag(name: string): boolean;
}

export function useAddress(): Address {
  const search: object = useSearch({ strict: false });
  const said = new Map<string, unknown>(Object.entries(search));
  return {
    text: (name) => {
      const value = said.get(name);
      return isSimple(value) ? String(value) : '';
    },
    texts: (name) => [said.get(name)].flat().filter(isSimple).map(String),
    number: (name, fallback) => {
      const value = said.get(name);
      return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : fallback;
    },
    flag: (name) => said.get(name) === true,
  };
}

/** What is written without quotes may look like a number, or like yes and no. */
const isSimple = (value: unknown): value is string | number | boolean =>
  ['string', 'number', 'boolean'].includes(typeof value);

/** What the address shall say from now on, beside what it says already; what is empty is left out. */
export type AddressChange = Readonly<Record<string, string | number>>;

/**
 * Changes what the address says. A choice is a step that one can go back; what is typed letter by letter takes the place of
 * the letter before.
 */
export function useSetAddress(): (change: AddressChange, how?: 'choice' | 'typing') => void {
  const navigate = useNavigate();
  const search: object = useSearch({ strict: false });
  return (change, how = 'choice') =>
    void navigate({ to: '.', search: filled({ ...search, ...change }), replace: how === 'typing' });
}

/** What is said: everything but empty text. */
export const filled = (values: object): Record<string, string> =>
  Object.fromEntries(Object.entries(values).filter(([, value]) => value !== ''));

/** The thing that the page is about. */
export function useIdInAddress(): string {
  const parameters: object = useParams({ strict: false });
  return 'id' in parameters && typeof parameters.id === 'string' ? parameters.id : '';
}
