import { ConfigError } from '../config.ts';
import type { Rate } from './bucket.ts';
import { defaultLimits, type LimitFile, type LimitKind } from './limits.ts';

/** As they are called in the file. */
const names: Readonly<Record<LimitKind, string>> = {
  address: 'address',
  principal: 'principal',
  organization: 'organization',
  decisions: 'decisions',
  failures: 'failed_authentications',
};

/**
 * Reads limits from a map of their names; what is left out stays as it is by default.
 *
 * @param file what the YAML of the file holds
 * @throws ConfigError that names the entry
 */
export function readLimits(file: unknown, path: string): LimitFile {
  if (!isMap(file)) throw new ConfigError(`${path}: a map of limits is expected`);
  const unknown = Object.keys(file).find((name) => !Object.values(names).includes(name));
  if (unknown !== undefined)
    throw new ConfigError(`${path}: \`${unknown}\` is none of ${Object.values(names).join(', ')}`);
  const read = (kind: LimitKind): Rate | null => {
    const given = file[names[kind]];
    return given === undefined ? defaultLimits[kind] : readRate(given, `${path}: ${names[kind]}`);
  };
  return {
    address: read('address'),
    principal: read('principal'),
    organization: read('organization'),
    decisions: read('decisions'),
    failures: read('failures'),
  };
}

function readRate(value: unknown, where: string): Rate | null {
  if (value === 'unlimited') return null;
  const form = `${where} takes \`unlimited\`, or \`per_second\` and \`at_once\` as numbers above 0`;
  if (!isMap(value) || Object.keys(value).some((name) => name !== 'per_second' && name !== 'at_once'))
    throw new ConfigError(form);
  const { per_second: perSecond, at_once: atOnce } = value;
  if (!isAmount(perSecond) || !isAmount(atOnce) || atOnce < 1) throw new ConfigError(form);
  return { perSecond, atOnce };
}

const isAmount = (value: unknown): value is number => typeof value === 'number' && value > 0 && value <= 1e9;

const isMap = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
