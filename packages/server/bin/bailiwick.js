#!/usr/bin/env node
import { launch } from '@bailiwick/launcher';

await launch(new URL('../dist/bailiwick.js', import.meta.url));
