#!/usr/bin/env node
import { launch } from '@bailiwick/launcher';

await launch(new URL('../dist/scw.js', import.meta.url));
