/**
 * One thing that is so or not so, changed by one writer and read by many: what a read may answer, given what was
 * written before it and beside it. Odd versions are so, even ones are not.
 */
export interface Register {
  readonly name: string;
  /** The last change that was sent, and the last that was acknowledged. */
  sent: number;
  acknowledged: number;
  /** The last change that some answer has shown: whoever asks later must not see less. */
  seen: number;
  /** The revision of the last change that was acknowledged. */
  revision: number;
}

export const createRegister = (name: string): Register => ({ name, sent: 0, acknowledged: 0, seen: 0, revision: 0 });

/** What an answer to a read that is sent now may not be older than. */
export const floorOf = ({ acknowledged, seen }: Register): number => Math.max(acknowledged, seen);

/**
 * Takes in an answer.
 *
 * @param floor that of the moment when the read was sent
 * @param latest the last version that the answer can be of
 * @throws Error for an answer that is older than the floor, or that no change made so
 */
export function admit(register: Register, floor: number, isSo: boolean, latest: number): void {
  // The earliest version that the answer can be of.
  const version = (floor % 2 === 1) === isSo ? floor : floor + 1;
  if (version > latest) {
    const { name, acknowledged, seen, sent } = register;
    const known = `version ${floor} was known (now ${acknowledged} acknowledged, ${seen} seen, ${sent} sent)`;
    throw new Error(`${name}: answered ${isSo} where ${known}`);
  }
  register.seen = Math.max(register.seen, version);
}
