import { type TSchema, Type } from 'typebox';
import { withCli } from './fields.ts';

export const maximumPage = 10_000;
export const maximumPageSize = 100;
export const defaultPageSize = 20;

const directions = ['asc', 'desc'] as const;
type Ordering<F extends string> = `${F}_${(typeof directions)[number]}`;

/**
 * `order_by` over the given fields, in both directions.
 *
 * @param fallback the order when none is asked for
 * @param typed what the command line sends, when that differs; null for nothing
 */
export function OrderBy<const F extends string>(
  fields: readonly F[],
  fallback: NoInfer<Ordering<F>>,
  typed: NoInfer<Ordering<F>> | null = fallback,
) {
  const values = fields.flatMap((field) => directions.map((direction) => `${field}_${direction}` as Ordering<F>));
  const schema = Type.Unsafe<Ordering<F>>({
    type: 'string',
    enum: values,
    default: fallback,
    description: 'Order of the items',
  });
  return Type.Optional(withCli(schema, typed === null ? {} : { default: typed }));
}

/** Query parameters of every paged list. */
export function paging(size: number = defaultPageSize) {
  return {
    page_size: Type.Optional(
      withCli(Type.Integer({ minimum: 1, maximum: maximumPageSize, default: size, description: 'Items on a page' }), {
        hidden: true,
      }),
    ),
    page: Type.Optional(
      withCli(Type.Integer({ minimum: 1, maximum: maximumPage, default: 1, description: 'Page, from 1' }), {
        hidden: true,
      }),
    ),
  };
}

/** `{"<items>":[…],"total_count":N}`: all matches are counted, not the page. */
export function Page<const K extends string, S extends TSchema>(items: K, schema: S) {
  return Type.Object({
    [items]: Type.Array(schema),
    total_count: Type.Integer({ minimum: 0, description: 'Matches on all pages' }),
  } as Record<K, ReturnType<typeof Type.Array<S>>> & { total_count: ReturnType<typeof Type.Integer> });
}
