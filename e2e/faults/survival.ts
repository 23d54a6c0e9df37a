import type { Random } from '../support/random.ts';
import { type Disk, everything, type Survival } from './disk.ts';

/** Ways in which a machine can go down, by what is on its disk afterwards. */
export const ways = ['all is there', 'nothing more', 'any pages', 'any sectors', 'in order, torn'] as const;
export type Way = (typeof ways)[number];

const page = 4096;
const sector = 512;

const nothing: Survival = { part: page, survives: () => false, names: () => 0 };

/** What is on the disk when the machine goes down in this way, by chance where there is one. */
export function survivalOf(way: Way, disk: Disk, random: Random): Survival {
  const { first, last } = disk.pending;
  const names = (pending: number) => random.below(pending + 1);
  switch (way) {
    case 'all is there':
      return everything;
    case 'nothing more':
      return nothing;
    case 'in order, torn': {
      const cut = first + random.below(last - first + 1);
      return {
        part: sector,
        survives: ({ order }) => order < cut || (order === cut && random.below(2) === 0),
        names,
      };
    }
    default: {
      const part = way === 'any pages' ? page : sector;
      // Some disks have written nearly all, some nearly nothing.
      const share = 1 + random.below(9);
      const until = new Map<string, number>();
      return {
        part,
        survives: ({ file, part: number, order }) => {
          const place = `${file} ${number}`;
          const known =
            until.get(place) ?? (random.below(10) < share ? first + random.below(2 * (last - first + 1)) : 0);
          until.set(place, known);
          return order <= known;
        },
        names,
      };
    }
  }
}
