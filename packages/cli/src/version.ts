import manifest from '../package.json' with { type: 'json' };

/** Version of this program: the same as of the server. */
export const version: string = manifest.version;
