/** What a mutation run spends on each mutant: a part of what the suite spends on the engine as it is. */
const share = Number(process.env.BAILIWICK_PROPERTY_SHARE ?? 1);

/** Runs of a property. */
export const runs = (full: number): number => Math.ceil(full * share);
