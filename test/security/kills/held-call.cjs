// Loaded before a program: one call of Node's waits before it is made, until a test lets it go on.
const { existsSync, renameSync, writeFileSync } = require("node:fs");
const fs = require("node:fs");

const { call, pattern, reached, go } = JSON.parse(process.env.HELD_CALL);
const matches = (argument) => new RegExp(pattern).test(String(argument));
let isHeld = false;

function sayReached() {
  isHeld = true;
  writeFileSync(`${reached}.new`, String(process.pid));
  renameSync(`${reached}.new`, reached);
}

/** Nothing of this process goes on meanwhile, and it hears no signal. */
function waitHere() {
  sayReached();
  while (!existsSync(go)) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 20);
}

async function wait() {
  sayReached();
  while (!existsSync(go)) await new Promise((resolve) => setTimeout(resolve, 20));
}

if (call === "start") {
  if (matches(process.argv[1])) waitHere();
} else if (call === "fetch") {
  const { fetch } = globalThis;
  globalThis.fetch = async (...args) => {
    if (!isHeld && matches(args[0])) await wait();
    return fetch(...args);
  };
} else {
  const real = fs[call];
  fs[call] = (...args) => {
    if (!isHeld && matches(args[0])) waitHere();
    return real(...args);
  };
}
