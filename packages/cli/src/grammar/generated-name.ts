const adjectives =
  'agile amber bold brave bright brisk calm candid clear clever cosmic crisp daring eager early fair fond gentle glad golden happy humble jolly keen kind lively lucid mellow merry modest neat nimble noble open patient proud quick quiet rapid rosy serene sharp silent simple sincere smart steady sunny swift tidy vivid warm wise witty'.split(
    ' ',
  );
const surnames =
  'abel agnesi babbage banach bernoulli blackwell boole cantor carson cauchy curie darwin dijkstra dirac easley erdos euler faraday fermat franklin galileo galois gauss germain goldwasser hamilton hamming hopper hypatia johnson kepler knuth kovalevskaya lamarr lamport leavitt liskov lovelace maxwell mirzakhani newton noether pascal perlman ramanujan ride sammet shannon tesla turing vaughan wiles wing yonath'.split(
    ' ',
  );

/** A name for what was not named: `app-calm-lovelace`, fresh each time. */
export function generatedName(prefix: string): string {
  // Few runs need it, and it takes a while to load.
  const { randomInt } = process.getBuiltinModule('node:crypto');
  return `${prefix}-${adjectives[randomInt(adjectives.length)]}-${surnames[randomInt(surnames.length)]}`;
}
