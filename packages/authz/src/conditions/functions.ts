/** What texts are asked. */
export const tests = ['contains', 'startsWith', 'endsWith', 'matches', 'inIpRange'] as const;
/** What makes a value of one type from another, or measures it. */
export const conversions = [
  'int',
  'uint',
  'double',
  'string',
  'bytes',
  'timestamp',
  'duration',
  'type',
  'size',
] as const;
/** What is asked of each item of a list. */
export const macros = ['all', 'exists', 'exists_one', 'map', 'filter'] as const;

export const isMacro = (name: string): boolean => macros.some((macro) => macro === name);
