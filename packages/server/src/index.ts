export { type AppOptions, createApp } from './app.ts';
export { type Config, readConfig } from './config.ts';
export type { Services } from './context.ts';
export { serve } from './serve.ts';
