// As main.ts does (modules/core/creation-stacks.ts), and more is gained by it here: CDKTF notes the whole stack of every token,
// and jest looks up the line in the TypeScript of every frame. It was up to three quarters of a suite's CPU time.
/** @type {{ captureStackTrace: () => readonly string[] }} */
const traces = require("cdktf/lib/tokens/private/stack-trace");

traces.captureStackTrace = () => [];
