#!/usr/bin/env node
import { nodeIo } from './node-io.ts';
import { runCli } from './run-cli.ts';

// Not process.exit: what was written to a pipe is still on its way out.
process.exitCode = await runCli(process.argv.slice(2), nodeIo());
