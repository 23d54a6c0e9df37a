import { useParams, useSearch } from '@tanstack/react-router';

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

/** The thing that the page is about. */
export function useIdInAddress(): string {
  const parameters: object = useParams({ strict: false });
  return 'id' in parameters && typeof parameters.id === 'string' ? parameters.id : '';
}
