/**
 * Says on every answer, while the database is away, how old what this server knows is: seconds since it last knew that nothing
 * had changed.
 */
export const ageHeader = 'x-bailiwick-age';
