import { useParams, useSearch } from '@tanstack/react-router';

/** What the address of a page says; anybody may have written it, so nothing of it is taken for granted. */
export interface Address {
  /** Empty where it says nothing. */
  text(name: string): string;
  number(name: string, fallback: number): number;
  flag(name: string): boolean;
}

export function useAddress(): Address {
  const search: object = useSearch({ strict: false });
  const said = new Map<string, unknown>(Object.entries(search));
  return {
    text: (name) => {
      const value = said.get(name);
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    },
    number: (name, fallback) => {
      const value = said.get(name);
      return typeof value === 'number' && Number.isInteger(value) && value > 0 ? value : fallback;
    },
    flag: (name) => said.get(name) === true,
  };
}

/** The thing that the page is about. */
export function useIdInAddress(): string {
  const parameters: object = useParams({ strict: false });
  return 'id' in parameters && typeof parameters.id === 'string' ? parameters.id : '';
}
