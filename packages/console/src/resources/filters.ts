import { type Argument, type Command, commandOf } from '../api/contract.ts';
import { inputOf } from '../components/form-values.ts';
import { spoken } from '../components/format.ts';
import type { Address } from '../shell/address.ts';
import { type Resource, referenceOf, resources } from './resources.ts';

/** What narrows a list, by the name of the input. */
export type Filters = Readonly<Record<string, readonly string[]>>;

const inputsOf = ({ arguments: known }: Command): readonly Argument[] =>
  known.filter(({ wire, fromConfig }) => wire.in === 'query' && !fromConfig);

/** Inputs of the list that narrow it; order, pages and the search box have places of their own. */
export function filtersOf({ list, search, always = {} }: Resource): readonly Argument[] {
  return inputsOf(commandOf(list)).filter((argument) => {
    const input = inputOf(argument);
    return input !== 'order_by' && input !== search && !(input in always);
  });
}

/** `user_ids` → `User` */
export const spokenInput = (input: string): string => spoken(input.replace(/_ids?$/, ''));

/** What the address says of them. */
export function filtersIn(address: Address, resource: Resource): Filters {
  const found = filtersOf(resource).map((argument) => [inputOf(argument), address.texts(inputOf(argument))] as const);
  return Object.fromEntries(found.filter(([, values]) => values.length > 0));
}

/** As the address has them: one as itself, none not at all. */
export const searchOf = (filters: Filters): Readonly<Record<string, Said>> =>
  Object.fromEntries(
    Object.entries(filters)
      .map(([input, values]) => [input, values.filter((value) => value !== '')] as const)
      .filter(([, given]) => given.length > 0)
      .map(([input, given]) => [input, said(given)]),
  );

type Said = string | boolean | readonly string[];

/** Yes and no stand in an address without quotes. */
function said(given: readonly string[]): Said {
  const [only = '', ...others] = given;
  if (others.length > 0) return given;
  return only === 'true' || only === 'false' ? only === 'true' : only;
}

/** A list that can be narrowed to what belongs to one thing. */
export interface Relation {
  readonly resource: Resource;
  readonly input: string;
}

/** The bearer of a key is either of two kinds, which no name of an input tells. */
const bearers = ['users', 'applications'];

/** Lists of other things that can be narrowed to one of these: policies of a group, keys of a user. */
export function relationsOf({ key }: Resource): readonly Relation[] {
  return resources
    .filter((other) => other.key !== key)
    .flatMap((resource) =>
      filtersOf(resource)
        .map(inputOf)
        .filter((input) => (input === 'bearer_id' ? bearers.includes(key) : referenceOf(input)?.key === key))
        .map((input) => ({ resource, input })),
    );
}
