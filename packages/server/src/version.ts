import manifest from '../package.json' with { type: 'json' };

/** Server, command line and console ship as one version. */
export const version: string = manifest.version;
