import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { copyKept, replaceKept, setKeptAside } from "../../../local/snapshots/kept";
import { temporaryFolder } from "../../temporary-folder";

let folder: string;
let state: string;
let content: string;

beforeEach(() => {
  folder = temporaryFolder("kept");
  state = join(folder, "state");
  content = join(folder, "content");
  put("moto/state", "vpc");
  put("services/ecr/sha256/one", "layer");
  put("daemon.log", "nothing of a state");
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

function put(name: string, text: string): void {
  mkdirSync(join(state, name, ".."), { recursive: true });
  writeFileSync(join(state, name), text, { mode: 0o600 });
}

test("what is kept is copied, with its size, and nothing else", () => {
  expect(copyKept(state, content)).toBe("vpc".length + "layer".length);
  expect(readdirSync(content).sort()).toEqual(["moto", "services"]);
  expect(readFileSync(join(content, "services", "ecr", "sha256", "one"), "utf8")).toBe("layer");
  expect(statSync(content).mode & 0o077).toBe(0);
});

test("replaces all that is kept, also what the snapshot does not have", async () => {
  copyKept(state, content);
  put("moto/state", "another vpc");
  put("ministack/s3/123456789012/bucket/key", "object");
  await replaceKept(state, content);
  expect(readFileSync(join(state, "moto", "state"), "utf8")).toBe("vpc");
  expect(existsSync(join(state, "ministack"))).toBe(false);
  expect(existsSync(join(state, "daemon.log"))).toBe(true);
});

test("planted fault: a link in what is copied is refused, in whichever direction", async () => {
  symlinkSync("/etc/passwd", join(state, "services", "passwd"));
  expect(() => copyKept(state, content)).toThrow(/passwd is a link, and nothing is written there/);
  rmSync(content, { recursive: true });
  mkdirSync(content);
  symlinkSync("/etc", join(content, "moto"));
  await expect(replaceKept(state, content)).rejects.toThrow();
});

test("what is half there is set aside, and nothing of it is read", () => {
  setKeptAside(state);
  expect(readdirSync(state).sort()).toEqual(["daemon.log", "moto.unreadable", "services.unreadable"]);
});
