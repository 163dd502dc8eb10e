import { cpSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { sealFolder } from "../../local/files/seal";
import { keepSettings, keptSettings, settingsWithKept } from "../../local/kept-settings";
import { temporaryFolder } from "../temporary-folder";

let stateDirectory: string;

beforeEach(() => {
  stateDirectory = temporaryFolder("kept");
  sealFolder(stateDirectory);
});

test("keeps what a start was given for the next one, which may be given something else", () => {
  expect(keptSettings(stateDirectory)).toEqual({});
  keepSettings(stateDirectory, { account: "111122223333", port: 4600 });
  keepSettings(stateDirectory, { region: "eu-central-1", port: 4700, instances: "boot" });
  keepSettings(stateDirectory, {});
  const kept = { account: "111122223333", region: "eu-central-1", port: 4700, instances: "boot" };
  expect(keptSettings(stateDirectory)).toEqual(kept);
  expect(settingsWithKept({ stateDirectory })).toMatchObject(kept);
  expect(settingsWithKept({ stateDirectory, account: "999988887777" })).toMatchObject({
    ...kept,
    account: "999988887777",
  });
});

test("keeps no port that was any that is free", () => {
  keepSettings(stateDirectory, { port: 0, account: "111122223333" });
  expect(settingsWithKept({ stateDirectory })).toMatchObject({ port: 4566, account: "111122223333" });
});

test.each([["{"], ["null"], ['{"account":"12"}'], ['{"port":"4600"}'], ['{"port":70000}']])(
  "planted fault: a file that says %j keeps nothing",
  (text) => {
    writeFileSync(join(stateDirectory, "settings.json"), text);
    expect(keptSettings(stateDirectory)).toEqual({});
  },
);

test("planted fault: what a checkout brings keeps nothing, with a copied seal too", () => {
  keepSettings(stateDirectory, { account: "111122223333" });
  const copy = `${stateDirectory}-copy`;
  cpSync(stateDirectory, copy, { recursive: true });
  try {
    expect(keptSettings(copy)).toEqual({});
  } finally {
    rmSync(copy, { recursive: true });
  }
});
