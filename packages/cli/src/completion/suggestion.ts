import type { Source } from './sources.ts';

/** A word that could stand where the cursor is. */
export interface Suggestion {
  /** The whole word. One that ends in `=` or `/` goes on, any other is followed by a blank. */
  readonly value: string;
  /** A few words about it; may be empty. */
  readonly description: string;
  /** True: it is also found by what stands in the middle of it, or of its description. */
  readonly isFoundByPart: boolean;
  /** True: the word says nothing by itself, so that bash too shows what it is about. */
  readonly isId: boolean;
}

/** What can stand where the cursor is. */
export type Suggestions =
  /** Paths, behind what stands before them in the same word. */
  | { readonly kind: 'files'; readonly head: string }
  | {
      readonly kind: 'words';
      readonly words: readonly Suggestion[];
      /** Lists of the API that know more words, each to be put behind `head`. */
      readonly sources: readonly Source[];
      readonly head: string;
      /** Words of the sources that stand in the line already. */
      readonly taken: readonly string[];
    };

/**
 * Those of the words that fit to what is typed: that begin with it, or else that begin with it in capitals or small
 * letters, or else that hold it.
 *
 * @param head what stands before the part that is looked for: `user-id=`
 */
export function matching(words: readonly Suggestion[], typed: string, head: string): readonly Suggestion[] {
  const exact = words.filter(({ value }) => value.startsWith(typed));
  if (exact.length > 0) return exact;
  const below = words.filter(({ value }) => value.startsWith(head));
  const part = typed.slice(head.length).toLowerCase();
  const rest = (value: string) => value.slice(head.length).toLowerCase();
  const inAnyCase = below.filter(({ value }) => rest(value).startsWith(part));
  if (inAnyCase.length > 0) return inAnyCase;
  return below.filter(
    ({ value, description, isFoundByPart }) =>
      isFoundByPart && (rest(value).includes(part) || description.toLowerCase().includes(part)),
  );
}
