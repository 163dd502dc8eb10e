import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { StateRequests } from "../../../local/daemon/state-requests";
import type { Emulator } from "../../../local/engines/start";
import { Gate } from "../../../local/gateway/gate";
import { settingsOf } from "../../../local/options";
import { temporaryFolder } from "../../temporary-folder";

const CONTENT = `content-${"0".repeat(8)}-0000-4000-8000-${"0".repeat(12)}`;

let stateDirectory: string;
let happened: string[];
let gate: Gate;

beforeEach(() => {
  stateDirectory = temporaryFolder("state-requests");
  happened = [];
  gate = new Gate(0);
  mkdirSync(join(stateDirectory, "services"));
  writeFileSync(join(stateDirectory, "services", "ecr.json"), "before");
});

afterEach(() => rmSync(stateDirectory, { recursive: true }));

function requests(): StateRequests {
  const emulator = {
    handleState: async (action: string) => void happened.push(action),
    reset: async () => void happened.push("reset"),
  } as unknown as Emulator;
  return new StateRequests({
    settings: settingsOf({ stateDirectory }),
    gate,
    emulators: () => [emulator],
    served: () =>
      ({ stop: async () => undefined, reset: () => undefined, copyTo: async () => undefined }) as never,
    serveAnew: () => void happened.push("anew"),
    giveUp: () => void happened.push("ended"),
  });
}

const ask = (action: string, content = CONTENT) =>
  requests().answer(action, Buffer.from(JSON.stringify({ content })));

const kept = () => readFileSync(join(stateDirectory, "services", "ecr.json"), "utf8");

test("what was saved is loaded again", async () => {
  expect((await ask("save")).status).toBe(200);
  writeFileSync(join(stateDirectory, "services", "ecr.json"), "after");
  expect((await ask("load")).status).toBe(200);
  expect(kept()).toBe("before");
  expect(happened).toEqual(["save", "empty", "load", "anew"]);
});

test("planted fault: a snapshot that was deleted meanwhile changes nothing", async () => {
  const { status, body } = await ask("load");
  expect(status).toBe(500);
  expect(String(body)).toContain("is not there any more");
  expect(kept()).toBe("before");
  expect(happened).toEqual([]);
  expect(existsSync(join(stateDirectory, "loading.json"))).toBe(false);
});

test("planted fault: a content of another folder is refused", async () => {
  expect((await ask("load", "../services")).status).toBe(500);
  expect((await ask("save", "../services")).status).toBe(500);
  expect(happened).toEqual([]);
});

test("planted fault: all is emptied when a load has ended, and not in the middle of it", async () => {
  let end = () => {};
  const loading = gate.alone(() => new Promise<void>((resolve) => (end = resolve)));
  const emptied = requests().reset();
  await new Promise((resolve) => setTimeout(resolve, 50));
  expect(happened).toEqual([]);
  end();
  await Promise.all([loading, emptied]);
  expect(happened).toEqual(["reset"]);
});
